/// What a reverse proxy has to pass on for what is switched on.
package struct ProxySnippets: Sendable, Equatable {
    /// Where the homeserver answers, and the bot's web API; nil while that is off.
    package var homeserver: String
    package var webAddress: String?
    /// Nil while health is off.
    package var healthAddress: String?

    package init(homeserver: String, webAddress: String?, healthAddress: String?) {
        self.homeserver = homeserver
        self.webAddress = webAddress
        self.healthAddress = healthAddress
    }

    /// For a `server` block.
    package var nginx: String {
        var text = """
            # Written by “draupnir setup files”: include it in the server block that clients connect to.

            """
        if let webAddress {
            text += """
                # Reports go to Draupnir, and to the homeserver as before.
                location ~ ^/_matrix/client/(r0|v3)/rooms/([^/]*)/report/(.*)$ {
                    mirror /draupnir-report-mirror;
                    proxy_pass http://\(webAddress)/api/1/report/$2/$3;
                    add_header Access-Control-Allow-Origin * always;
                }
                location = /draupnir-report-mirror {
                    internal;
                    proxy_pass \(homeserver)$request_uri;
                }

                """
        }
        if let healthAddress {
            text += """
                # Whether the bot is well, for this machine only.
                location = /draupnir/healthz {
                    allow 127.0.0.1;
                    allow ::1;
                    deny all;
                    proxy_pass http://\(healthAddress)/healthz;
                }

                """
        }
        if webAddress == nil, healthAddress == nil { text += "# Nothing is switched on that a proxy has to pass on.\n" }
        return text
    }

    /// For a site's block.
    package var caddy: String {
        var text = """
            # Written by “draupnir setup files”: put it into the site that clients connect to.

            """
        if let webAddress {
            text += """
                # Reports go to Draupnir; switch pollReports off where the homeserver is to keep them too.
                @draupnir_report path_regexp report ^/_matrix/client/(r0|v3)/rooms/([^/]*)/report/(.*)$
                handle @draupnir_report {
                    rewrite * /api/1/report/{re.report.2}/{re.report.3}
                    reverse_proxy \(webAddress)
                }

                """
        }
        if let healthAddress {
            text += """
                # Whether the bot is well, for this machine only.
                @draupnir_health {
                    path /draupnir/healthz
                    remote_ip 127.0.0.1 ::1
                }
                handle @draupnir_health {
                    rewrite * /healthz
                    reverse_proxy \(healthAddress)
                }

                """
        }
        if webAddress == nil, healthAddress == nil { text += "# Nothing is switched on that a proxy has to pass on.\n" }
        return text
    }
}
