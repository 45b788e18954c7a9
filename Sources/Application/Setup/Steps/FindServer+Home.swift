import MatrixCore
import Moderation

extension FindServer {
    /// Saved secrets go to the server that they are of, and to no other; a server's own name says where it is now.
    func checkHome(
        _ url: String,
        _ address: HomeserverAddress,
        _ run: SetupRun,
        _ tools: SetupTools
    ) throws(StepFailure) {
        let homes = homes(run, tools)
        guard let before = homes.first, !homes.contains(where: { $0.utf8.elementsEqual(url.utf8) }) else { return }
        let user = run.progress.user ?? keptUser(run, tools)
        if let user, address.serverName == user.server { return }
        let isNoted = run.progress.baseURL == before
        throw StepFailure(
            name,
            "\(run.folder.path) is set up for \(user?.rawValue ?? "an account") at \(before), and this is \(url): its secrets are"
                + " not sent there",
            cure: [
                "for another bot, give another --directory",
                "if the server has moved, write its new address behind “\(isNoted ? "homeserver" : "homeserverUrl")” in"
                    + " \(isNoted ? run.folder.progress : run.folder.configuration)",
            ],
            kind: .refused
        )
    }

    /// Where the secrets in the folder are at home; none where there are no secrets.
    private func homes(_ run: SetupRun, _ tools: SetupTools) -> [String] {
        var homes: [String] = []
        let progress = run.progress
        if let url = progress.baseURL, progress.user != nil || progress.pending.contains(ObtainAccount.mark) {
            homes.append(url)
        }
        func isThere(_ path: String) -> Bool { ((try? tools.files.read(path, atMost: 1 << 20)) ?? nil) != nil }
        let folder = run.folder
        // The note of an earlier run may be gone, or the folder may be of somebody's own making.
        guard isThere(folder.configuration),
            [folder.accessToken, folder.password, folder.adminAccessToken, folder.approvedSession].contains(
                where: isThere
            )
        else { return homes }
        let settings = tools.configuration.read(folder.configuration, accessTokenFile: nil).partial
        let configured = [settings.homeserverURL] + (settings.pantalaimon.isUsed ? [settings.rawHomeserverURL] : [])
        return homes + configured.compactMap(HomeserverAddress.baseURL)
    }

    private func keptUser(_ run: SetupRun, _ tools: SetupTools) -> UserID? {
        let file = (try? tools.files.read(run.folder.accessToken, atMost: 1 << 16)) ?? nil
        return file?.text.flatMap { Credential(fileText: $0)?.user }
    }
}
