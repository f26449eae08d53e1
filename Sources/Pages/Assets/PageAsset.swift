import SagaCore

/// A file that the pages need, to be served as it is: its path has a hash of what is in it, so that browsers may keep it for ever.
public struct PageAsset: Sendable, Hashable {
    /// From the root of the site.
    public let path: String
    /// Its `Content-Type`.
    public let contentType: String
    /// What is sent.
    public let body: String

    /// All there are.
    public static let all = [style, script]

    /// Both schemes, all widths.
    public static let style = PageAsset("style", "css", "text/css; charset=utf-8", StyleSheet.text)
    /// Live updates and the clock of spans; pages work without it.
    public static let script = PageAsset("page", "js", "text/javascript; charset=utf-8", PageScript.text)

    /// What a response with a page says beside it: no script and no style but these files, no frame around it, nothing sent elsewhere.
    public static let headers: [(name: String, value: String)] = [
        (
            "Content-Security-Policy",
            """
            default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; form-action 'self'; \
            base-uri 'none'; frame-ancestors 'none'
            """
        ),
        ("Referrer-Policy", "same-origin"), ("X-Content-Type-Options", "nosniff"), ("X-Frame-Options", "DENY"),
        ("Cross-Origin-Opener-Policy", "same-origin"), ("Cache-Control", "no-store"),
        ("Vary", "Accept, Accept-Language, Cookie"),
    ]

    /// For the files themselves.
    public static let cacheControl = "public, max-age=31536000, immutable"

    private init(_ name: String, _ suffix: String, _ contentType: String, _ body: String) {
        let digits = String(Hash.of(body.utf8), radix: 16)
        path = "/assets/\(name)." + String(repeating: "0", count: 16 - digits.count) + digits + ".\(suffix)"
        self.contentType = contentType
        self.body = body
    }
}
