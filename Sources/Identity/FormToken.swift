/// Against requests that another site makes in somebody's name (CSRF): a code that only our own pages know, bound to the session or to a
/// cookie of chance.
enum FormToken {
    private static let length = 16

    static func code(_ id: String, _ keys: SigningKeys) -> String {
        keys.code(.form, [Array(id.utf8)], length: length)
    }

    static func proves(_ code: String, _ id: String, _ keys: SigningKeys) -> Bool {
        keys.proves(code, .form, [Array(id.utf8)], length: length)
    }

    /// Whether a browser says that another site made it (Fetch Metadata, and `Origin` of RFC 6454). Sites beside ours (`same-site`) are
    /// others. Without a word of either header it is no browser, or an old one, which the code then holds back.
    static func isForeign(_ facts: RequestFacts, origins: Set<String>, isSecure: Bool) -> Bool {
        let sites = facts.values("sec-fetch-site")
        if !sites.allSatisfy({ ["same-origin", "none"].contains($0) }) { return true }
        let named = facts.values("origin")
        guard let origin = named.first else { return false }
        guard named.count == 1 else { return true }
        if origins.contains(origin.lowercased()) { return false }
        let hosts = facts.values("host")
        guard origins.isEmpty, hosts.count == 1, let place = place(of: origin) else { return true }
        return place.host != authority(hosts[0], isSecure: place.isSecure) || isSecure && !place.isSecure
    }

    private static func place(of origin: String) -> (host: String, isSecure: Bool)? {
        for (scheme, isSecure) in [("https://", true), ("http://", false)] where origin.lowercased().hasPrefix(scheme) {
            return (authority(String(origin.dropFirst(scheme.count)), isSecure: isSecure), isSecure)
        }
        return nil
    }

    /// In lower case, without the port that goes without saying.
    private static func authority(_ text: String, isSecure: Bool) -> String {
        let text = text.lowercased()
        let port = isSecure ? ":443" : ":80"
        return text.hasSuffix(port) ? String(text.dropLast(port.count)) : text
    }
}
