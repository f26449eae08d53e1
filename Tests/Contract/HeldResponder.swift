import Foundation
import HTTPTypes
package import Hummingbird
import NIOCore
import Synchronization

/// A program's own responder, each of whose answers is held against its document, whoever asked and however it is read.
package struct HeldResponder<Responder: HTTPResponder>: HTTPResponder {
    package typealias Context = Responder.Context

    private let responder: Responder
    private let contract: Contract
    private let breaches: Breaches
    private let route: @Sendable (_ path: String) -> String?

    /// - Parameter route: the document's path for one that is asked for.
    package init(
        _ responder: Responder, _ contract: Contract, _ breaches: Breaches,
        route: @escaping @Sendable (_ path: String) -> String?
    ) {
        self.responder = responder
        self.contract = contract
        self.breaches = breaches
        self.route = route
    }

    /// Answers, and holds the answer.
    package func respond(to request: Request, context: Context) async throws -> Response {
        var response = try await responder.respond(to: request, context: context)
        let method = request.method.rawValue
        let path = request.uri.path
        let route = route(path)
        let fields = Dictionary(response.headers.map { ($0.name.canonicalName, $0.value) }) { $1 }
        let (status, body) = (response.status.code, response.body)
        let hold = { @Sendable [contract, breaches] (bytes: [UInt8]) in
            let answer = Contract.Answer(status: status, fields: fields, body: bytes)
            breaches.add(contract.faults(of: answer, to: method, route), of: "\(method) \(path)")
        }
        let told = Told()
        if fields["content-type"]?.hasSuffix("json") == true, body.contentLength != nil {
            // Whole before it is sent, as the server has it; that to HEAD too, of which nothing is sent.
            try await body.write(HeldWriter(writer: nil, told: told))
            let bytes = told.bytes.withLock { $0 }
            hold(bytes)
            response.body = ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
        } else if method == "HEAD" {
            hold([])
        } else {
            // A stream that breaks off is held as far as it came.
            let isStream = ["application/x-ndjson", "text/event-stream"].contains {
                fields["content-type"]?.hasPrefix($0) == true
            }
            response.body = ResponseBody(contentLength: body.contentLength) { writer in
                defer { if isStream { hold(told.whole) } }
                try await body.write(HeldWriter(writer: writer, told: told))
                if !isStream { hold(told.bytes.withLock { $0 }) }
            }
        }
        return response
    }

}

extension String {
    /// The parts of a path, decoded.
    package var decodedSegments: [String] { split(separator: "/").map { $0.removingPercentEncoding ?? String($0) } }
}

/// What was not as the document says.
package final class Breaches: Sendable {
    private let found = Mutex<[String]>([])

    /// Each with its request.
    package var all: [String] { found.withLock { $0 } }

    /// None yet.
    package init() {}

    func add(_ faults: [String], of request: String) {
        let told = faults.map { "\(request): \($0)" }
        found.withLock { $0.append(contentsOf: told) }
    }
}

private final class Told: Sendable {
    let bytes = Mutex<[UInt8]>([])

    /// Without a line that was not sent to its end.
    var whole: [UInt8] {
        bytes.withLock { bytes in
            let end = bytes.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
            return Array(bytes[..<end])
        }
    }
}

private struct HeldWriter: ResponseBodyWriter {
    var writer: (any ResponseBodyWriter)?
    let told: Told

    mutating func write(_ buffer: ByteBuffer) async throws {
        told.bytes.withLock { $0.append(contentsOf: buffer.readableBytesView) }
        try await writer?.write(buffer)
    }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {
        try await writer?.finish(trailingHeaders)
    }
}
