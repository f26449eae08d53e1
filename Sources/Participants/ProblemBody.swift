import CEL

/// What a refusal tells in its body: `application/problem+json` (RFC 9457), or any JSON object with the same members, or with an `error`
/// as card processors (`{"error": {"code", "decline_code", "message", "type"}}`) and OAuth 2.0 (`{"error", "error_description"}`) have it.
///
/// The media type is not asked for: frameworks that send problems as `application/json` or `text/plain` are common.
struct ProblemBody {
    /// The `code` member, else `error.code`, `error.decline_code` or an `error` that is a text, else the last segment of `type` or of
    /// `error.type`; `nil` when there is none.
    let code: String?
    /// `detail`, else `title`, `message`, or what the `error` says, with a reason for which a card was declined behind it.
    let message: String?

    /// `nil` when the body is no JSON object.
    init?(_ body: Value?) {
        guard case .map(let members)? = body else { return nil }
        let error = members["error"]
        let code =
            Self.text(members["code"]) ?? Self.text(error?["code"]) ?? Self.text(error?["decline_code"])
            ?? Self.text(error) ?? Self.text(members["type"]).flatMap(Self.lastSegment)
            ?? Self.text(error?["type"]).flatMap(Self.lastSegment)
        let said =
            Self.text(members["detail"]) ?? Self.text(members["title"]) ?? Self.text(members["message"])
            ?? Self.text(error?["message"]) ?? Self.text(members["error_description"]) ?? Self.text(error)
        let reason = Self.text(error?["decline_code"]).flatMap { $0 == code ? nil : $0 }
        self.code = code
        message = reason.map { "\(said ?? code ?? "") (\($0))" } ?? said
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
