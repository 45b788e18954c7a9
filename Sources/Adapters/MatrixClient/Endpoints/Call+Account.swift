import HTTPClient
import JSON
import MatrixCore
import Moderation

extension Call<Identity> {
    static var whoami: Self {
        Self(Endpoint(.get, ["account", "whoami"]), promising: "user_id") { answer in
            answer["user_id"]?.identifier(UserID.self).map { user in
                Identity(
                    user: user,
                    device: answer["device_id"]?.string,
                    isGuest: answer["is_guest"]?.boolean ?? false
                )
            }
        }
    }
}
