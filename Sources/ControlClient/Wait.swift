/// Until when a command's answer is held back.
public struct Wait: Sendable, Hashable {
    /// `settled` (no step is in flight), `ended`, or the name of a state.
    public var goal: String
    /// How long at most; the daemon has a maximum of its own.
    public var milliseconds: Int64

    /// A wait for `goal`, of at most `milliseconds`.
    public init(_ goal: String, milliseconds: Int64) {
        self.goal = goal
        self.milliseconds = milliseconds
    }
}
