import CEL

/// What a refusal tells in its body: `application/problem+json` (RFC 9457), or any JSON object with the same members.
///
/// The media type is not asked for: frameworks that send problems as `application/json` are common, and to read `in-progress` as a
/// definite no because of a header would be worse than to read a code where none was meant.
struct Problem {
    /// The `code` member, else the last segment of `type`; `nil` when there is neither.
    let code: String?
    /// `detail`, else `title`.
    let message: String?

    /// `nil` when the body is no JSON object.
    init?(_ body: [UInt8]) {
        guard !body.isEmpty, case .map(let members)? = try? JSON.parse(body) else { return nil }
        code = Self.text(members["code"]) ?? Self.text(members["type"]).flatMap(Self.lastSegment)
        message = Self.text(members["detail"]) ?? Self.text(members["title"])
    }

    /// `urn:shop:problem:sold-out` and `https://shop.example/problems/sold-out` both give `sold-out`.
    private static func lastSegment(of type: String) -> String? {
        guard type != "about:blank" else { return nil }
        return type.split(whereSeparator: { $0 == ":" || $0 == "/" }).last.map(String.init)
    }

    private static func text(_ value: Value?) -> String? {
        switch value {
        case .string(let text)? where !text.isEmpty: text
        case .int(let number)?: String(number)
        default: nil
        }
    }
}
