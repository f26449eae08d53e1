/// The language of a page.
public enum Tongue: String, Sendable, Hashable, CaseIterable {
    case english = "en"
    case korean = "ko"

    /// The first of `Accept-Language` (RFC 9110, section 12.5.4) that there is, by its weight; English where none is.
    public init(acceptLanguage header: String?) {
        var best: (tongue: Tongue, weight: Double)?
        // Nobody reads more than a few languages; a header may be long.
        for range in (header ?? "").prefix(1_000).split(separator: ",").prefix(20) {
            let parts = range.split(separator: ";").map { $0.filter { !$0.isWhitespace } }
            guard let first = parts.first else { continue }
            let name = first.split(separator: "-").first.map { $0.lowercased() } ?? ""
            let given = parts.dropFirst().first { $0.hasPrefix("q=") }.map { Double($0.dropFirst(2)) ?? 0 }
            let weight = given ?? 1
            guard let tongue = Tongue(rawValue: name) ?? (name == "*" ? .english : nil), weight > 0 else { continue }
            if weight > best?.weight ?? 0 { best = (tongue, weight) }
        }
        self = best?.tongue ?? .english
    }

    /// The one that the switch leads to.
    var other: Tongue { self == .english ? .korean : .english }

    /// As its own readers call it.
    var ownName: String { self == .english ? "English" : "한국어" }
}
