import Basics

/// The reference at which a participant is asked how a call goes (RFC 9110, 10.2.2), resolved as RFC 3986, section 5 has it.
///
/// Only its path and query are taken over. Who is asked is the participant that was called, or nobody: a reference that leads elsewhere
/// must take neither the call nor the token there.
enum Location {
    /// The path with the query, from the root of the participant's host.
    /// - Parameters:
    ///   - reference: as the participant gave it.
    ///   - base: the path of the call that it answered, from the root.
    /// - Returns: `nil`: it leads to another scheme, host or port.
    static func target(_ reference: String, base: String, at address: ParticipantAddress) -> String? {
        // A fragment is for who reads what comes back.
        var rest = reference.prefix { $0 != "#" }
        if let scheme = scheme(of: rest) {
            rest = rest.dropFirst(scheme.count + 1)
            guard rest.hasPrefix("//"), address.isScheme(scheme.lowercased()) else { return nil }
        }
        if rest.hasPrefix("//") {
            let authority = rest.dropFirst(2).prefix { $0 != "/" && $0 != "?" }
            guard address.isAuthority(authority) else { return nil }
            rest = rest.dropFirst(2 + authority.count)
            if !rest.hasPrefix("/") { rest = "/" + rest }
        }
        let query = rest.firstIndex(of: "?")
        let path = rest[..<(query ?? rest.endIndex)]
        let suffix = query.map { rest[$0...] } ?? ""
        let whole: String
        if path.isEmpty {
            whole = base
        } else if path.hasPrefix("/") {
            whole = withoutDots(path)
        } else {
            let folder = base.lastIndex(of: "/").map { base[...$0] } ?? "/"
            whole = withoutDots(folder + path)
        }
        return escaped(whole + suffix)
    }

    /// What stands before the first colon, where that comes before any slash or question mark (RFC 3986, 4.1).
    private static func scheme(of reference: Substring) -> Substring? {
        guard let colon = reference.firstIndex(where: { ":/?".contains($0) }), reference[colon] == ":" else {
            return nil
        }
        return reference[..<colon]
    }

    /// RFC 3986, 5.2.4.
    private static func withoutDots(_ path: some StringProtocol) -> String {
        var kept: [Substring] = []
        let segments = String(path).split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        for (index, segment) in segments.enumerated() {
            let isLast = index == segments.count - 1
            switch segment.lowercased().replacing("%2e", with: ".") {
            case ".": if isLast { kept.append("") }
            case "..":
                _ = kept.popLast()
                if isLast { kept.append("") }
            default: kept.append(segment)
            }
        }
        return "/" + kept.joined(separator: "/")
    }

    /// What may not stand in a request's target, escaped; a `%` that escapes something stays.
    private static func escaped(_ target: String) -> String {
        let bytes = Array(target.utf8)
        var escaped: [UInt8] = []
        for (at, byte) in bytes.enumerated() {
            let isEscape =
                byte == UInt8(ascii: "%") && at + 2 < bytes.count && PercentEncoding.isEscape(bytes[(at + 1)...])
            if isEscape || PercentEncoding.isUnreserved(byte) || "/?!$&'()*+,;=:@".utf8.contains(byte) {
                escaped.append(byte)
            } else {
                escaped += PercentEncoding.escape(byte)
            }
        }
        return String(decoding: escaped, as: UTF8.self)
    }
}

extension ParticipantAddress {
    /// A server behind a Unix socket knows itself as what `Host` has called it: `http://localhost`.
    fileprivate func isScheme(_ scheme: String) -> Bool {
        switch endpoint {
        case .tcp(_, _, let tls): scheme == (tls ? "https" : "http")
        case .unix: scheme == "http"
        }
    }

    fileprivate func isAuthority(_ text: Substring) -> Bool {
        guard case .tcp(let host, let port, let tls) = endpoint else {
            return ["localhost", "localhost:80"].contains(text.lowercased())
        }
        let name = host.contains(":") ? "[\(host)]" : host
        let known = port == (tls ? 443 : 80) ? [name, "\(name):", "\(name):\(port)"] : ["\(name):\(port)"]
        return known.contains(text.lowercased())
    }
}
