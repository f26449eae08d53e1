/// What every answer carries, so that a browser does with a page only what we mean.
public enum SecurityHeaders {
    /// Own files alone, no script or style in the page itself, in nobody's frame.
    static let policy = [
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'", "font-src 'self'",
        "connect-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
    ].joined(separator: "; ")

    /// By their names in lower case.
    ///
    /// `Referrer-Policy` is `same-origin` and not `no-referrer`, with which browsers send `Origin: null` for our own forms too.
    /// - Parameter isSecure: whether the browser came by TLS, here or at a proxy in front.
    public static func all(isSecure: Bool) -> [(name: String, value: String)] {
        var all = [
            ("content-security-policy", policy),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
            ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=()"),
            ("referrer-policy", "same-origin"),
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
        ]
        if isSecure { all.append(("strict-transport-security", "max-age=31536000")) }
        return all.map { (name: $0.0, value: $0.1) }
    }
}
