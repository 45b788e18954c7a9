/// How a homeserver of the tests differs from the usual one; for each set of options one runs.
struct SynapseOptions: Hashable, Sendable {
    /// Synapse's own rate limits, for tests where limits are the point; otherwise every limit is lifted.
    var limitsRates = false
    /// Whether sync can be asked for `state_after` (MSC4222).
    var knowsStateAfter = false
    /// Lines of YAML, put at the top level of the configuration.
    var extraConfiguration = ""
}

extension SynapseOptions {
    /// The second homeserver of the run, which takes a part of the suites, so that both cores work and both ways to tell
    /// state are seen.
    static let tellingStateAfter = SynapseOptions(knowsStateAfter: true)

    /// `homeserver.yaml`.
    ///
    /// No federation, no outgoing request, no work that no test is about.
    func configuration(serverName: String, port: UInt16, secret: String, folder: String) -> String {
        """
        server_name: "\(serverName)"
        public_baseurl: "http://127.0.0.1:\(port)/"
        listeners:
          - {port: \(port), bind_addresses: ["127.0.0.1"], type: http, tls: false,
             resources: [{names: [client], compress: false}]}
        database: {name: sqlite3, args: {database: "\(folder)/homeserver.db"}}
        log_config: "\(folder)/log.yaml"
        media_store_path: "\(folder)/media"
        signing_key_path: "\(folder)/signing.key"
        registration_shared_secret: "\(secret)"
        macaroon_secret_key: "\(secret)"
        form_secret: "\(secret)"
        enable_registration: true
        enable_registration_without_verification: true
        bcrypt_rounds: 4
        report_stats: false
        trusted_key_servers: []
        suppress_key_server_warning: true
        federation_domain_whitelist: []
        presence: {enabled: false}
        user_directory: {enabled: false}
        enable_room_list_search: false
        experimental_features: {msc4222_enabled: \(knowsStateAfter)}

        """ + (limitsRates ? "" : Self.liftedLimits) + extraConfiguration + "\n"
    }

    static let logConfiguration = """
        version: 1
        formatters: {plain: {format: "%(asctime)s %(levelname)s %(name)s %(message)s"}}
        handlers: {console: {class: logging.StreamHandler, formatter: plain}}
        root: {level: WARNING, handlers: [console]}
        disable_existing_loggers: false

        """

    private static let liftedLimits: String = {
        let plain = [
            "rc_message", "rc_registration", "rc_registration_token_validity", "rc_admin_redaction",
            "rc_joins_per_room", "rc_3pid_validation", "rc_third_party_invite", "rc_media_create", "rc_room_creation",
            "rc_reports", "rc_user_directory", "rc_profile", "rc_key_requests", "rc_delayed_event_mgmt",
        ]
        let nested = [
            ("rc_login", ["address", "account", "failed_attempts"]), ("rc_joins", ["local", "remote"]),
            ("rc_invites", ["per_room", "per_user", "per_issuer"]), ("rc_presence", ["per_user"]),
        ]
        let lifted = "{per_second: 100000, burst_count: 100000}"
        return plain.map { "\($0): \(lifted)\n" }.joined()
            + nested.map { name, keys in
                "\(name): {\(keys.map { "\($0): \(lifted)" }.joined(separator: ", "))}\n"
            }.joined()
    }()
}
