import HTTPServer
import Observability

extension Log {
    /// What strangers cause as often as they like is of no weight; what should not happen is.
    func write(_ event: HTTPServerEvent) {
        switch event {
        case .refused(let refusal, let request):
            debug(
                "request refused",
                ["why": "\(refusal)", "method": request.method, "path": request.path, "peer": request.peer]
            )
        case .handlerFailed(let error, let request):
            self.error(
                "request failed",
                ["error": "\(error)", "method": request.method, "path": request.path, "peer": request.peer]
            )
        case .cut(let cut, let peer): debug("slow client cut", ["at": cut.rawValue, "peer": peer])
        case .handlersLeft(let count): warning("requests left behind at the end", ["count": "\(count)"])
        case .library(let message): warning("HTTP library", ["message": message])
        }
    }
}
