import NIOCore
import NIOHTTP1
import SagaCore
import SagaEngine

extension Participant {
    /// A request, and where it goes: what a relative `Location` in its answer begins from.
    struct Formed: Sendable {
        var request: HTTPExchange.Request
        /// From the root of the participant's host, without a query.
        var path: String
    }

    /// The request of a call; of a question after one that was accepted, that of the question.
    /// - Throws: ``UnformedRequest`` and others, in words: nothing is sent.
    func formed(_ call: Call, deadline: Instant) async throws -> Formed {
        guard let mapping = configuration.operations[call.operation.operation] else {
            return try formed(call, nil, deadline)
        }
        // Reads the request and evaluates expressions: not on the loop that all calls share.
        return try await withTaskExecutorPreference(globalConcurrentExecutor) {
            try await formedElsewhere(call, mapping, deadline)
        }
    }

    private nonisolated func formedElsewhere(
        _ call: Call, _ mapping: OperationMapping, _ deadline: Instant
    ) async throws -> Formed {
        try formed(call, FormedRequest(mapping, call, secrets: configuration.secrets), deadline, mapping)
    }

    private func formed(
        _ call: Call, _ parts: FormedRequest?, _ deadline: Instant, _ mapping: OperationMapping? = nil
    ) throws -> Formed {
        let address = configuration.address
        let path = address.base + (parts?.path ?? PathTemplate(operation: call.operation.operation).text)
        let base = try common(call, deadline)
        if let location = call.location {
            guard let target = Location.target(location, base: path, at: address) else {
                throw ForeignLocation(location: location, address: address)
            }
            // What it says of a body is not for a question.
            let own = parts?.headers.filter { $0.name.lowercased() != "content-type" } ?? []
            let headers = Self.headers(base, own, contentType: nil, length: nil)
            return Formed(
                request: HTTPExchange.Request(method: .GET, target: target, headers: headers, body: nil),
                path: String(target.prefix { $0 != "?" }))
        }
        let body: [UInt8]? = if let parts { parts.body } else { call.request }
        let takesBody = mapping?.method.takesBody ?? true
        let headers = Self.headers(
            base, parts?.headers ?? [],
            contentType: body == nil ? nil : mapping?.body.contentType ?? "application/json",
            length: takesBody ? body?.count ?? 0 : nil)
        return Formed(
            request: HTTPExchange.Request(
                method: HTTPMethod(rawValue: mapping?.method.rawValue ?? "POST"), target: path + (parts?.query ?? ""),
                headers: headers, body: body.map { ByteBuffer(bytes: $0) }), path: path)
    }

    /// What every call says of itself.
    private func common(_ call: Call, _ deadline: Instant) throws -> [(String, String)] {
        var headers = [("Host", configuration.address.authority)]
        headers.reserveCapacity(9)
        if let token = configuration.token { headers.append(("Authorization", token.text(behind: "Bearer "))) }
        headers.append((configuration.keyHeader, try Self.line(call.key)))
        headers.append(("Saga-Id", call.saga.description))
        headers.append(("Saga-Step", try Self.line(call.state)))
        headers.append(("Saga-Attempt", String(call.number)))
        headers.append(("Saga-Deadline", WireText.rfc3339(deadline)))
        if let compensates = call.compensates { headers.append(("Saga-Compensates", try Self.line(compensates))) }
        if call.location == nil, let callbacks {
            let token = callbacks.token(call.saga, call.name)
            headers.append(("Saga-Callback", "\(callbacks.url)/callbacks/\(token)"))
        }
        headers.append(("traceparent", WireText.traceparent(call.saga, token: call.token)))
        return headers
    }

    /// - Parameter own: those of the operation, which may say `Accept` and `Content-Type` in another way.
    private static func headers(
        _ common: [(String, String)], _ own: [(name: String, value: String)], contentType: String?, length: Int?
    ) -> HTTPHeaders {
        let said = Set(own.map { $0.name.lowercased() })
        var headers = HTTPHeaders()
        headers.reserveCapacity(common.count + own.count + 4)
        headers.add(name: common[0].0, value: common[0].1)
        if let contentType, !said.contains("content-type") { headers.add(name: "Content-Type", value: contentType) }
        if !said.contains("accept") { headers.add(name: "Accept", value: "application/json") }
        headers.add(name: "Accept-Encoding", value: "identity")
        for (name, value) in common.dropFirst() { headers.add(name: name, value: value) }
        for (name, value) in own { headers.add(name: name, value: value) }
        if let length { headers.add(name: "Content-Length", value: String(length)) }
        return headers
    }

    /// The value of a header (RFC 9110, section 5.5): nothing that would end it.
    private static func line(_ text: String) throws -> String {
        guard WireValue.isLine(text) else { throw ControlInHeader(text: text) }
        return text
    }

    private struct ControlInHeader: Error, CustomStringConvertible {
        let text: String

        var description: String {
            "a control character stands in what a header would say: \(OutcomeRules.clipped(text.debugDescription, to: 200))"
        }
    }

    private struct ForeignLocation: Error, CustomStringConvertible {
        let location: String
        let address: ParticipantAddress

        var description: String {
            "its answer is to be asked for at '\(OutcomeRules.clipped(location, to: 200))', which is not at \(address): nothing was sent"
        }
    }
}

extension OperationMapping.Body {
    /// `nil`: there is none.
    fileprivate var contentType: String? {
        switch self {
        case .json: "application/json"
        case .form: "application/x-www-form-urlencoded"
        case .none: nil
        }
    }
}
