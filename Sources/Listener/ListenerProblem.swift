import HTTPTypes
import Hummingbird
import NIOCore

/// What the listener says by itself, where no route is asked or none answers (RFC 9457).
struct ListenerProblem: Sendable {
    let code: String
    let title: String
    /// Of our own words and of numbers: it needs no escapes.
    let detail: String

    /// What went wrong is for the log, not for the caller.
    static let failed = ListenerProblem(
        code: "internal", title: "Internal error",
        detail: "the request failed inside the service; its log has the reason")

    func json(status: Int) -> String {
        #"{"type":"urn:yogiyogi:problem:\#(code)","title":"\#(title)","status":\#(status),"detail":"\#(detail)"}"#
    }
}

extension Response {
    static func problem(_ problem: ListenerProblem, status: HTTPResponse.Status) -> Response {
        Response(
            status: status, headers: [.contentType: "application/problem+json"],
            body: .init(byteBuffer: ByteBuffer(string: problem.json(status: status.code))))
    }
}
