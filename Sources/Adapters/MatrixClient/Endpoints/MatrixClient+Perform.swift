import JSON
import MatrixCore
package import Moderation
package import Protections

extension MatrixClient {
    package func perform(_ action: Action, transaction: String) async throws(HomeserverError) -> ActionResult {
        var user: UserID?
        if case .setAccountData = action { user = try await ownUser() }
        guard let call = Call(action, of: user, transaction: transaction, slowTime: limits.slowTime) else {
            throw .refused(status: 0, code: "", message: "not one request: it has a method of its own")
        }
        return try await answer(to: call)
    }
}
