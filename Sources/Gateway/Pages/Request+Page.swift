import HTTPTypes
import Hummingbird
import Pages

extension Request {
    /// Whether a page is asked for: HTML is named, and no kind of JSON before it. Who names nothing is a program.
    var wantsPage: Bool {
        var (page, data) = (0.0, 0.0)
        // Nobody names more than a few kinds; a header may be long.
        for range in (headers[.accept] ?? "").prefix(1_000).split(separator: ",").prefix(20) {
            let parts = range.split(separator: ";").map { $0.trimmingSpaces.lowercased() }
            guard let kind = parts.first else { continue }
            let weight = parts.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) } ?? 1
            switch kind {
            case "text/html", "application/xhtml+xml": page = max(page, weight)
            case "application/hal+json", "application/json", "application/problem+json": data = max(data, weight)
            default: break
            }
        }
        return page > 0 && page >= data
    }

    /// What the address says, else what was chosen before, else what the browser prefers.
    var tongue: Tongue {
        chosenTongue ?? cookies[Self.tongueCookie].flatMap { Tongue(rawValue: $0.value) }
            ?? Tongue(acceptLanguage: headers[.acceptLanguage])
    }

    var chosenTongue: Tongue? { uri.queryParameters["lang"].flatMap { Tongue(rawValue: String($0)) } }

    static let tongueCookie = "yogi-lang"
}
