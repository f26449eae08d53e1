import Basics
import CEL

/// A path with members of the request in it: `/v1/charges/{chargeId}/refunds`; `{result.id}` is a member of a member.
public struct PathTemplate: Sendable, Hashable {
    /// As it was written.
    public let text: String
    private let pieces: [Piece]

    private enum Piece: Sendable, Hashable {
        case literal(String)
        case member([String])
    }

    /// How deep a member may lie.
    static let depthMax = 8

    /// - Throws: with code `bad-path` and what would be right.
    public init(_ text: String) throws(ParticipantConfigurationError) {
        self.text = text
        var pieces: [Piece] = []
        // A letter in each member's place: what an escape or a dot would make of it must not depend on a value.
        var example = ""
        var rest = text[...]
        while let open = rest.firstIndex(where: { $0 == "{" || $0 == "}" }) {
            guard rest[open] == "{", let close = rest[open...].firstIndex(of: "}") else {
                throw Self.bad(text, "a brace has no other one")
            }
            let name = String(rest[rest.index(after: open)..<close])
            guard let member = Self.member(name) else {
                throw Self.bad(text, "'{\(name)}' names no member of the request, as {orderId} or {result.id}")
            }
            pieces += [.literal(String(rest[..<open])), .member(member)]
            example += rest[..<open] + "x"
            rest = rest[rest.index(after: close)...]
        }
        pieces.append(.literal(String(rest)))
        example += rest
        guard URLPath.isPath(example) else {
            throw Self.bad(
                text,
                "it must begin with a slash, as in /v1/charges/{orderId}, without query, fragment and unescaped characters"
            )
        }
        guard !Self.hasDots(example) else { throw Self.bad(text, "'.' and '..' as a segment lead elsewhere") }
        self.pieces = pieces
    }

    /// The default of an operation: its name.
    init(operation: String) {
        let path = "/" + PercentEncoding.encoded(operation)
        text = path
        pieces = [.literal(path)]
    }

    /// The members that it holds, in its order.
    public var members: [[String]] {
        pieces.compactMap { if case .member(let path) = $0 { path } else { nil } }
    }

    /// With the members of a request in it, each escaped so that it stays within its segment.
    func filled(_ request: Value) throws(UnformedRequest) -> String {
        var path = ""
        for piece in pieces {
            switch piece {
            case .literal(let text): path += text
            case .member(let member): path += PercentEncoding.encoded(try Self.text(of: member, in: request))
            }
        }
        // A server takes them for the folder above, whatever they were meant for.
        guard !Self.hasDots(path) else {
            throw UnformedRequest("a member gives a segment '.' or '..' of the path '\(text)', which leads elsewhere")
        }
        return path
    }

    /// Not empty: `/bookings/` is another resource than any booking.
    private static func text(of member: [String], in request: Value) throws(UnformedRequest) -> String {
        var value: Value? = request
        for name in member { value = value?[name] }
        let name = "{\(member.joined(separator: "."))} of the path"
        guard let value else { throw UnformedRequest("\(name) is not in the request") }
        guard let text = WireValue.scalar(value) else {
            throw UnformedRequest("\(name) is \(WireValue.article(value))")
        }
        guard !text.isEmpty else { throw UnformedRequest("\(name) is empty") }
        return text
    }

    private static func member(_ text: String) -> [String]? {
        let names = text.split(separator: ".", omittingEmptySubsequences: false)
        let isFit = names.count <= depthMax && names.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy(isNameByte) }
        return isFit ? names.map(String.init) : nil
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        PercentEncoding.isUnreserved(byte) && !".~".utf8.contains(byte)
    }

    private static func hasDots(_ path: String) -> Bool {
        path.split(separator: "/").contains { segment in
            [".", ".."].contains(segment.lowercased().replacing("%2e", with: "."))
        }
    }

    private static func bad(_ text: String, _ reason: String) -> ParticipantConfigurationError {
        ParticipantConfigurationError(code: "bad-path", message: "the path '\(text)' cannot be used: \(reason)")
    }
}
