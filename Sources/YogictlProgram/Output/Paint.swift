/// A colour of text on a terminal (ECMA-48, SGR).
enum Paint: String, Sendable {
    case plain = ""
    case bold = "1"
    case dim = "2"
    case red = "31"
    case green = "32"
    case yellow = "33"
    case blue = "34"

    /// The text in this colour, or as it is.
    func applied(to text: String, if coloured: Bool) -> String {
        guard coloured, self != .plain, !text.isEmpty else { return text }
        return "\u{1B}[\(rawValue)m\(text)\u{1B}[0m"
    }

    /// The colour of a saga's status: what needs a person is red, what goes on is blue or yellow.
    init(status: String) {
        switch status {
        case "succeeded", "ok": self = .green
        case "running", "waiting": self = .blue
        case "cancelling", "compensating", "paused": self = .yellow
        case "stuck", "terminated": self = .red
        case "cancelled": self = .dim
        default: self = .plain
        }
    }
}
