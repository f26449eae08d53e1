/// Why a file, a key or a configuration of this module cannot be used, for the person who wrote it. It never has a byte of a secret.
public struct IdentityError: Error, Sendable, Hashable, CustomStringConvertible {
    /// A sentence for each fault: what, which one, where, what to do.
    public let lines: [String]

    init(_ lines: [String]) { self.lines = lines }

    init(_ line: String) { lines = [line] }

    public var description: String { lines.joined(separator: "\n") }
}
