import CEL
import ControlAPI
import ControlClient
import HTTPTypes
import Hummingbird
import NIOCore

extension WireProblem {
    static func badRequest(_ detail: String) -> WireProblem {
        WireProblem("bad-request", status: 400, title: "Bad request", detail: detail)
    }

    static func invalid(_ pointer: String, _ message: String) -> WireProblem {
        invalid([(pointer, message)])
    }

    /// All that is wrong with a body, each with its JSON pointer.
    static func invalid(_ faults: [(pointer: String, message: String)]) -> WireProblem {
        let words = faults.map { "\($0.pointer): \($0.message)" }.joined(separator: "; ")
        let listed = faults.map { fault in
            Value.map(MapValue([("pointer", .string(fault.pointer)), ("message", .string(fault.message))]))
        }
        return WireProblem(
            "invalid-input", status: 422, title: "Invalid input", detail: "\(words); nothing was changed",
            extensions: MapValue([("faults", .list(listed))]))
    }

    /// What a failure of the client means for whoever asked here.
    init(_ error: ClientError) {
        switch error {
        case .problem(let problem): self = problem
        case .unreachable:
            self.init(
                "daemon-away", status: 503, title: "Not available",
                detail: "the daemon cannot be reached; nothing was accepted, try again in a moment")
        case .interrupted:
            self.init(
                "no-answer", status: 503, title: "No answer",
                detail: "the daemon gave no answer, and what became of the request is not known; try again with the "
                    + "same Idempotency-Key, which does nothing twice")
        case .protocolViolation(let what):
            self.init(
                "bad-gateway", status: 502, title: "Not understood",
                detail: "the daemon's answer is not understood: \(what)")
        }
    }

    /// As an answer.
    var response: Response {
        var headers: HTTPFields = [.contentType: "application/problem+json", .cacheControl: "no-store"]
        if status == 429 || status == 503 { headers[.retryAfter] = "1" }
        if case .list(let methods)? = extensions["allow"] {
            headers[.allow] = methods.compactMap(\.stringValue).joined(separator: ", ")
        }
        return Response(
            status: HTTPResponse.Status(code: (400...599).contains(status) ? status : 502), headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: JSON.bytes(json))))
    }
}

extension WireProblem {
    static func wrongMethod(_ method: String, _ path: String, allowed: [String]) -> WireProblem {
        WireProblem(
            "method-not-allowed", status: 405, title: "Method not allowed",
            detail: "\(method) is not for '\(path.prefix(200))'; it takes \(allowed.joined(separator: ", "))",
            extensions: MapValue([("allow", .list(allowed.map { .string($0) }))]))
    }
}
