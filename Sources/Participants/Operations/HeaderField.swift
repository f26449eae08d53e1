import Basics
public import SagaCore

/// A header of an operation: its name, and what makes its value.
public struct HeaderField: Sendable, Hashable {
    /// As it was written.
    public let name: String
    /// What makes its value.
    public let content: Content

    /// What makes a header's value.
    public enum Content: Sendable, Hashable {
        /// `null` leaves the header out.
        case template(Template)
        /// - Parameters:
        ///   - name: of the credential.
        ///   - prefix: what stands before it, as `Basic ` with its blank.
        case credential(String, prefix: String)
    }

    /// - Throws: with code `bad-header`: what is no name, what is the engine's own, what must be a credential.
    public init(_ name: String, _ content: Content) throws(ParticipantConfigurationError) {
        if let reason = Self.reasonAgainst(name) { throw Self.bad(name, reason) }
        switch content {
        case .template(let template):
            if Self.secretNames.contains(name.lowercased()) {
                throw Self.bad(
                    name, "what proves who calls never stands in the configuration: write { credential: NAME }")
            }
            if case .literal(let value) = template, let text = WireValue.scalar(value), !WireValue.isLine(text) {
                throw Self.bad(name, "its value holds a line break or another control character")
            }
        case .credential(_, let prefix):
            guard prefix.utf8.allSatisfy({ (0x20...0x7E).contains($0) }), prefix.utf8.count <= 64 else {
                throw Self.bad(name, "'prefix' must be visible ASCII characters and blanks, 64 at most")
            }
        }
        self.name = name
        self.content = content
    }

    /// Why a header cannot be given this name; `nil`: it can.
    static func reasonAgainst(_ name: String) -> String? {
        guard isName(name) else { return "a name is letters, digits and '-', '_' or '.', 64 at most" }
        let lower = name.lowercased()
        if enginesOwn.contains(lower) || lower.hasPrefix("saga-") { return "the engine says that itself" }
        return nil
    }

    /// Narrower than RFC 9110, 5.6.2: what is wilder is a slip, or tried against a parser.
    private static func isName(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count)
            && name.utf8.allSatisfy { PercentEncoding.isUnreserved($0) && $0 != UInt8(ascii: "~") }
    }

    /// The head of the message, the connection, and what the engine's promises hang by.
    private static let enginesOwn: Set<String> = [
        "host", "content-length", "transfer-encoding", "connection", "keep-alive", "proxy-connection", "te", "trailer",
        "upgrade", "expect", "accept-encoding", "content-encoding", "traceparent", "idempotency-key",
    ]
    /// Headers that say nothing but a secret.
    private static let secretNames: Set<String> = [
        "authorization", "proxy-authorization", "cookie", "x-api-key", "api-key", "apikey", "x-auth-token",
        "x-access-token",
    ]

    /// Its name, and that it is a credential: never its value.
    var summary: String {
        switch content {
        case .template: name
        case .credential(let credential, _): "\(name) (credential \(credential))"
        }
    }

    private static func bad(_ name: String, _ reason: String) -> ParticipantConfigurationError {
        let shown = OutcomeRules.clipped(name.debugDescription.dropFirst().dropLast().description, to: 64)
        return ParticipantConfigurationError(
            code: "bad-header", message: "the header '\(shown)' cannot be sent: \(reason)")
    }
}
