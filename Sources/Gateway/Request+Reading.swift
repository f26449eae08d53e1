import CEL
import ControlAPI
import HTTPTypes
import Hummingbird
import Identity
import NIOCore

extension Request {
    /// The whole body.
    /// - Throws: ``WireProblem`` 413.
    func bytes(max: Int) async throws -> [UInt8] {
        let tooLarge = WireProblem.bodyTooLarge(max)
        if let length = headers[.contentLength].flatMap(Int.init), length > max { throw tooLarge }
        do {
            return Array(try await body.collect(upTo: max).readableBytesView)
        } catch is NIOTooManyBytesError {
            throw tooLarge
        } catch let error as HTTPError where error.status == .contentTooLarge {
            throw tooLarge
        }
    }

    /// What the body is said to be, without parameters.
    private var kind: String {
        headers[.contentType].map { $0.prefix { $0 != ";" }.trimmingSpaces.lowercased() } ?? ""
    }

    /// Whether the body is a form, which any page could send.
    var isForm: Bool { kind == "application/x-www-form-urlencoded" }

    /// The members of a JSON object or of a form, of which the operation knows every one; the values of a form are texts.
    /// - Throws: ``WireProblem``: 413, 415 for another kind of body, 400 for what does not read, 422 for unknown members.
    func members(of operation: Operation, max: Int) async throws -> MapValue {
        let names = operation.bodyNames
        let kind = kind
        let bytes = try await bytes(max: max)
        let map: MapValue
        switch kind {
        case "application/x-www-form-urlencoded":
            let pairs = try PercentDecoding.pairs(String(decoding: bytes, as: UTF8.self), in: "form")
            // The door has read that field.
            map = MapValue(pairs.filter { $0.name != Entry.formField }.map { ($0.name, .string($0.value)) })
        case "", "application/json", "application/merge-patch+json", "application/hal+json":
            map = try Self.object(bytes)
        default:
            throw WireProblem(
                "unknown-media-type", status: 415, title: "Unknown kind of body",
                detail: "the body is '\(kind.prefix(100))'; send application/json or application/x-www-form-urlencoded")
        }
        let unknown = map.entries.compactMap(\.key.stringValue).filter { !names.contains($0) }
        guard unknown.isEmpty else {
            throw WireProblem.invalid(
                unknown.map {
                    ("/\($0.prefix(64))", "unknown member; there are \(names.joined(separator: ", "))")
                })
        }
        // Also where nothing is repeated by it.
        if names.contains(Gateway.keyField) { _ = try Gateway.key(of: map) }
        return map
    }

    private static func object(_ bytes: [UInt8]) throws -> MapValue {
        let value: Value
        do throws(JSONError) {
            value = try JSON.parse(bytes)
        } catch {
            throw WireProblem(body: error)
        }
        guard case .map(let map) = value else { throw WireProblem.badRequest("the body must be a JSON object") }
        return map
    }

    /// What a write is repeated under; `nil` when there is none.
    /// - Throws: ``WireProblem`` 400 for one that is too long or no visible ASCII.
    func idempotencyKey() throws -> String? {
        guard let field = HTTPField.Name("Idempotency-Key"), let key = headers[field] else { return nil }
        guard (1...128).contains(key.utf8.count), key.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw WireProblem.badRequest("Idempotency-Key must be 1 to 128 visible ASCII characters without spaces")
        }
        return key
    }

    /// The parameters of the query; others than those of the operation are refused.
    func parameters(of operation: Operation) throws -> [String: String] {
        let names = operation.queryNames
        var found: [String: String] = [:]
        for (name, value) in try PercentDecoding.pairs(uri.query ?? "", in: "query") {
            guard names.contains(name) else {
                let known = names.isEmpty ? "there are none here" : "there are \(names.joined(separator: ", "))"
                throw WireProblem.badRequest("unknown query parameter '\(name.prefix(64))'; \(known)")
            }
            found[name] = value
        }
        return found
    }
}

extension StringProtocol {
    /// Without spaces at both ends.
    var trimmingSpaces: String {
        var rest = self[...]
        while rest.first?.isWhitespace == true { rest.removeFirst() }
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return String(rest)
    }
}
