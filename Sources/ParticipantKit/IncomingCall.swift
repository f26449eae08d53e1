public import CEL
import HTTPTypes
import Hummingbird

/// One request to an operation: the body and the headers that the saga engine sends (control.md, "What a participant is sent").
public struct IncomingCall: Sendable {
    /// Identifies the effect: the same for every retry of one step, another for another visit. 1 to 200 bytes.
    public let key: String
    /// The key that a compensation undoes.
    public let compensates: String?
    /// The saga that calls; empty when a person calls with curl.
    public let sagaId: String
    /// When the caller stops waiting, in milliseconds since 1970.
    public let deadline: Int64?
    /// The body; null when it is empty.
    public let body: Value

    /// A call as a test makes it.
    public init(
        key: String, compensates: String? = nil, sagaId: String = "", deadline: Int64? = nil, body: Value = .null
    ) {
        self.key = key
        self.compensates = compensates
        self.sagaId = sagaId
        self.deadline = deadline
        self.body = body
    }

    /// Longest key that is stored, in bytes. Twice what the engine makes (a saga's id, a step and a visit).
    static let keyBytesMax = 200

    init(headers: HTTPFields, body bytes: [UInt8]) throws(Problem) {
        var key: String?
        var compensates: String?
        var sagaId = ""
        var deadline: Int64?
        for field in headers {
            switch field.name.canonicalName {
            case "idempotency-key":
                guard key == nil || key == field.value else {
                    throw .badHeader("Idempotency-Key is given twice, with different values")
                }
                key = field.value
            case "saga-compensates": compensates = field.value
            case "saga-id": sagaId = field.value
            case "saga-deadline":
                deadline = Timestamp(rfc3339: field.value)?.milliseconds
                if deadline == nil {
                    throw .badHeader("Saga-Deadline is '\(field.value)', not a time as 2026-01-31T12:00:00.000Z")
                }
            default: break
            }
        }
        self.key = try Self.checked(key, "Idempotency-Key")
        self.compensates = try compensates.map { value throws(Problem) in try Self.checked(value, "Saga-Compensates") }
        self.sagaId = sagaId
        self.deadline = deadline
        self.body = try Self.parsed(bytes)
    }

    private static func checked(_ value: String?, _ name: String) throws(Problem) -> String {
        guard let value else {
            throw Problem(
                400, "missing-\(name.lowercased())", title: "A header is missing",
                detail: "\(name) is required: it names the effect, so that a repeated request does it once")
        }
        guard (1...keyBytesMax).contains(value.utf8.count) else {
            throw .badHeader("\(name) has \(value.utf8.count) bytes; 1 to \(keyBytesMax) are allowed")
        }
        return value
    }

    private static func parsed(_ bytes: [UInt8]) throws(Problem) -> Value {
        if bytes.isEmpty { return .null }
        do {
            return try JSON.parse(bytes)
        } catch {
            throw Problem(
                400, "malformed-json", title: "The body is not JSON",
                detail: "the body is not JSON: \(error)", members: [("offset", .int(Int64(error.offset)))])
        }
    }
}

extension Problem {
    fileprivate static func badHeader(_ detail: String) -> Problem {
        Problem(400, "bad-header", title: "A header cannot be read", detail: detail)
    }
}
