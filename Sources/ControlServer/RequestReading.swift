import CEL
import ControlAPI
import HTTPTypes
import Hummingbird
import NIOCore
import SagaCore
import SagaEngine

extension Request {
    /// The parameters of its query, of which the table of operations knows every one.
    func query(of route: ControlAPI.Route) throws -> Query {
        try query(knowing: Operation.of(route, method.rawValue)?.queryNames ?? [])
    }

    /// The members of its body, of which the table of operations knows every one.
    func object(of route: ControlAPI.Route, max: Int) async throws -> MapValue {
        try await object(knowing: Operation.of(route, method.rawValue)?.bodyNames ?? [], max: max)
    }

    /// The body as a JSON object with no other members than those named; no body is an empty object.
    /// - Throws: ``WireProblem``: 413 over the limit, 400 for what is no JSON, no object, or has an unknown member, 422 for a number that
    ///   cannot be kept.
    func object(knowing members: [String], max: Int) async throws -> MapValue {
        var bytes = try await bytes(max: max)
        // Editors put a byte order mark before UTF-8; it is no part of the JSON (RFC 8259, 8.1).
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
        guard !bytes.isEmpty else { return MapValue([]) }
        let value: Value
        do throws(JSONError) {
            value = try JSON.parse(bytes)
        } catch {
            throw WireProblem(body: error)
        }
        guard case .map(let map) = value else {
            throw WireProblem.badRequest("the body must be a JSON object with \(Self.listed(members))")
        }
        for (key, _) in map.entries {
            guard case .string(let name) = key, !members.contains(name) else { continue }
            throw WireProblem.badRequest("the body has the unknown member '\(name)'; it takes \(Self.listed(members))")
        }
        return map
    }

    /// The body as it came.
    /// - Throws: ``WireProblem`` 413 over the limit.
    func bytes(max: Int) async throws -> [UInt8] {
        let tooLarge = WireProblem.bodyTooLarge(max)
        if let length = headers[.contentLength].flatMap(Int.init), length > max { throw tooLarge }
        do {
            let buffer = try await body.collect(upTo: max)
            return Array(buffer.readableBytesView)
        } catch is NIOTooManyBytesError {
            throw tooLarge
        } catch let error as HTTPError where error.status == .contentTooLarge {
            throw tooLarge
        }
    }

    /// The query's parameters.
    /// - Throws: ``WireProblem`` 400 for one that is not named here.
    func query(knowing names: [String]) throws -> Query {
        let query = try Query(uri.query ?? "")
        for (name, _) in query.parameters where !names.contains(name) {
            let known = names.isEmpty ? "this route takes none" : "it takes \(Self.listed(names))"
            throw WireProblem.badRequest("unknown query parameter '\(name)'; \(known)")
        }
        return query
    }

    private static func listed(_ names: [String]) -> String {
        names.map { "'\($0)'" }.joined(separator: ", ")
    }
}

/// The parameters of a query, percent-decoded.
struct Query {
    let parameters: [(name: String, value: String)]

    init(_ parameters: [(name: String, value: String)]) {
        self.parameters = parameters
    }

    /// - Throws: ``WireProblem`` 400 for what cannot be decoded.
    init(_ text: String) throws(WireProblem) {
        var parameters: [(name: String, value: String)] = []
        for part in text.split(separator: "&") {
            let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            parameters.append(
                (
                    name: try String(decodingPercents: sides[0], in: "query"),
                    value: sides.count == 2 ? try String(decodingPercents: sides[1], in: "query") : ""
                ))
        }
        self.parameters = parameters
    }

    func all(_ name: String) -> [String] {
        parameters.filter { $0.name == name }.map(\.value)
    }

    subscript(_ name: String) -> String? {
        parameters.last { $0.name == name }?.value
    }

    /// `limit`, 1 ... 1000.
    func limit() throws -> Int {
        guard let text = self["limit"] else { return 100 }
        guard let limit = Int(text), (1...Engine.pageMax).contains(limit) else {
            throw WireProblem.badRequest("'limit' is '\(text)'; it must be a number from 1 to \(Engine.pageMax)")
        }
        return limit
    }

    /// `serial`, of sagas.
    func serial() throws -> Int64? {
        guard let text = self["serial"] else { return nil }
        guard let serial = Int64(text), serial > 0 else {
            throw WireProblem.badRequest("'serial' is '\(text)'; it must be a number from 1")
        }
        return serial
    }

    /// `after`, a whole saga id.
    func after() throws -> SagaID? {
        guard let text = self["after"] else { return nil }
        guard let id = SagaID(text) else {
            throw WireProblem.badRequest("'after' is '\(text)'; it must be the 'next' of a page before")
        }
        return id
    }

    /// `after`, of jobs and their sagas.
    func place() throws -> Int? {
        guard let text = self["after"] else { return nil }
        guard let place = Int(text), place >= 0 else {
            throw WireProblem.badRequest("'after' is '\(text)'; it must be the 'next' of a page before")
        }
        return place
    }

    /// `status`, of sagas.
    func status() throws -> Status? {
        guard let text = self["status"] else { return nil }
        guard let status = Status(name: text) else {
            let known = Status.allCases.map(\.name).joined(separator: ", ")
            throw WireProblem.badRequest("'status' is '\(text)'; it must be one of \(known)")
        }
        return status
    }

    /// `wait` and `timeout`.
    func wait() throws -> Wait? {
        guard let text = self["wait"] else {
            if self["timeout"] != nil { throw WireProblem.badRequest("'timeout' needs 'wait'") }
            return nil
        }
        let goal: WaitGoal
        switch text {
        case "settled": goal = .settled
        case "ended": goal = .ended
        // Which states there are depends on the saga's version: the engine looks.
        default: goal = .state(text)
        }
        return Wait(goal: goal, timeout: try timeout())
    }

    /// 30 s by default: below the minute after which most clients and proxies give up.
    private func timeout() throws -> Int64 {
        guard let text = self["timeout"] else { return 30_000 }
        guard let duration = CEL.Duration(parsing: text), duration.milliseconds >= 0 else {
            throw WireProblem.badRequest("'timeout' is '\(text)'; it must be a duration such as 30s or 500ms")
        }
        return duration.milliseconds
    }
}

extension MapValue {
    /// - Throws: ``WireProblem`` 400 when the member is there and no boolean.
    func flag(_ name: String) throws -> Bool {
        switch self[name] {
        case nil, .null: return false
        case .bool(let flag): return flag
        default: throw WireProblem.badRequest("'\(name)' must be true or false")
        }
    }

    /// - Throws: ``WireProblem`` 400 when the member is there and no string.
    func text(_ name: String) throws -> String? {
        switch self[name] {
        case nil, .null: return nil
        case .string(let text): return text
        default: throw WireProblem.badRequest("'\(name)' must be a string")
        }
    }
}
