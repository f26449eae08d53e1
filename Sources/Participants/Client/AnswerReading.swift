import NIOCore
import NIOHTTP1

/// What has come of an answer, up to a limit.
///
///     waiting --head--> inBody --parts, end--> whole
///
/// Informational answers (1xx) are dropped by the decoder before this, but for 101, behind which there is no HTTP any more.
struct AnswerReading {
    enum Step {
        case unfinished
        /// - Parameter keepsAlive: by what the answer says; whether the request was sent to its end, the connection knows.
        case whole(HTTPExchange.Answered, keepsAlive: Bool)
        case tooLong
    }

    private var head: HTTPResponseHead?
    private var body: ByteBuffer?

    mutating func came(_ part: HTTPClientResponsePart) -> Step {
        switch part {
        case .head(let head):
            self.head = head
            if head.status == .switchingProtocols { return .whole(answer(head), keepsAlive: false) }
            let length = head.headers.first(name: "Content-Length").flatMap(Int.init)
            return length ?? 0 > HTTPExchange.bodyBytesMax ? .tooLong : .unfinished
        case .body(let buffer):
            guard (body?.readableBytes ?? 0) + buffer.readableBytes <= HTTPExchange.bodyBytesMax else {
                return .tooLong
            }
            if body == nil { body = buffer } else { body?.writeImmutableBuffer(buffer) }
            return .unfinished
        case .end:
            guard let head else { return .unfinished }
            return .whole(answer(head), keepsAlive: head.isKeepAlive)
        }
    }

    /// The answer that an error is no end of, as it has no body: its head was enough. An empty body that is said to be in gzip is one of
    /// them, which is no gzip.
    var bodilessAnswer: HTTPExchange.Answered? {
        guard let head, body == nil, head.status.code == 204 || head.headers.first(name: "Content-Length") == "0" else {
            return nil
        }
        return answer(head)
    }

    /// The coding of the answer's body, of those that are taken off.
    var coding: String? {
        let first = head?.headers[canonicalForm: "Content-Encoding"].first?.lowercased()
        return first.flatMap { HTTPExchange.codings.contains($0) ? $0 : nil }
    }

    private func answer(_ head: HTTPResponseHead) -> HTTPExchange.Answered {
        HTTPExchange.Answered(status: head.status, headers: head.headers, body: body)
    }
}
