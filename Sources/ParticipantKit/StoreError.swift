/// Why a participant's database cannot be used; the program stops with it.
public struct StoreError: Error, Sendable, CustomStringConvertible {
    /// What, which file, and what to do.
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}
