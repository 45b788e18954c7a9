package import JSON
package import MatrixCore

/// What has been made so far, saved after every step: a run that was broken off goes on from here.
package struct SetupProgress: Sendable, Equatable {
    /// Marks what this setup makes, so that it is found again where the answer was lost.
    package var mark: String
    package var baseURL: String?
    package var user: UserID?
    package var device: String?
    /// What is being made and not yet known to be: looked for before it is made again.
    package var pending: Set<String> = []
    /// The account that setup has made at an authentication service, which said so.
    package var made: String?
    package var managementRoom: RoomID?
    package var madeManagementRoom = false
    /// Whoever was named as a manager in any run.
    package var managers: Set<UserID> = []
    package var list: RoomID?
    package var listShortcode: String?
    package var scratchRoom: RoomID?
    package var isTested = false
    /// Whether a run has asked for admin rights, and got them.
    package var isAdminWanted = false
    package var done: [String] = []

    package init(mark: String) { self.mark = mark }

    package static let fileName = "setup-progress.json"

    package var json: JSONValue {
        var object = JSONObject()
        object["mark"] = .string(mark)
        object["homeserver"] = baseURL.map { .string($0) }
        object["user"] = user.map { .string($0.rawValue) }
        object["device"] = device.map { .string($0) }
        object["pending"] = .array(pending.sorted().map { .string($0) })
        object["made_account"] = made.map { .string($0) }
        object["management_room"] = managementRoom.map { .string($0.rawValue) }
        object["made_management_room"] = .boolean(madeManagementRoom)
        object["managers"] = .array(managers.sorted().map { .string($0.rawValue) })
        object["list"] = list.map { .string($0.rawValue) }
        object["list_shortcode"] = listShortcode.map { .string($0) }
        object["scratch_room"] = scratchRoom.map { .string($0.rawValue) }
        object["tested"] = .boolean(isTested)
        object["server_admin"] = isAdminWanted ? true : nil
        object["done"] = .array(done.map { .string($0) })
        return .object(object)
    }

    /// Nil where it is no progress file.
    package init?(_ json: JSONValue) {
        guard case .string(let mark)? = json["mark"] else { return nil }
        func text(_ name: String) -> String? { if case .string(let text)? = json[name] { text } else { nil } }
        func texts(_ name: String) -> [String] {
            guard case .array(let list)? = json[name] else { return [] }
            return list.compactMap { if case .string(let text) = $0 { text } else { nil } }
        }
        self.init(mark: mark)
        baseURL = text("homeserver")
        user = text("user").flatMap { try? UserID(parsing: $0) }
        device = text("device")
        pending = Set(texts("pending"))
        made = text("made_account")
        managementRoom = text("management_room").flatMap { try? RoomID(parsing: $0) }
        madeManagementRoom = json["made_management_room"] == true
        managers = Set(texts("managers").compactMap { try? UserID(parsing: $0) })
        list = text("list").flatMap { try? RoomID(parsing: $0) }
        listShortcode = text("list_shortcode")
        scratchRoom = text("scratch_room").flatMap { try? RoomID(parsing: $0) }
        isTested = json["tested"] == true
        isAdminWanted = json["server_admin"] == true
        done = texts("done")
    }
}
