import ControlAPI
import ControlServer
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import SagaEngine
import Synchronization

/// The daemon's own responder, each of whose answers is held against the document, whoever asked and however it is read.
struct HeldResponder: HTTPResponder {
    typealias Context = ControlResponder.Context

    let responder: ControlResponder
    let contract: Contract
    let breaches: Breaches

    func respond(to request: Request, context: Context) async throws -> Response {
        var response = try await responder.respond(to: request, context: context)
        let method = request.method.rawValue
        let (path, route) = (request.uri.path, Self.route(request.uri.path))
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
            response.body = ResponseBody(contentLength: body.contentLength) { writer in
                defer { hold(told.whole) }
                try await body.write(HeldWriter(writer: writer, told: told))
            }
        }
        return response
    }

    private static func route(_ path: String) -> String? {
        let segments = path.split(separator: "/").map { $0.removingPercentEncoding ?? String($0) }
        return ControlAPI.Route.match(segments)?.route.rawValue
    }
}

/// What was not as the document says.
final class Breaches: Sendable {
    private let found = Mutex<[String]>([])

    var all: [String] { found.withLock { $0 } }

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
