import Basics

/// Paths of URLs (RFC 3986, section 3.3), without Foundation.
enum URLPath {
    /// Whether it begins with a slash and has only what a path may hold; a `%` must be followed by two hexadecimal digits.
    static func isPath(_ text: some StringProtocol) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.first == UInt8(ascii: "/") else { return false }
        var at = 0
        while at < bytes.count {
            if bytes[at] == UInt8(ascii: "%") {
                guard PercentEncoding.isEscape(bytes[(at + 1)...]) else { return false }
                at += 3
            } else {
                guard PercentEncoding.isUnreserved(bytes[at]) || "/!$&'()*+,;=:@".utf8.contains(bytes[at]) else {
                    return false
                }
                at += 1
            }
        }
        return true
    }
}
