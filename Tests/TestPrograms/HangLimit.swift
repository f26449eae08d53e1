/// How long a test waits for what must come before it fails instead of waiting for ever. It says nothing of how fast a machine is: what is
/// waited for takes milliseconds, and on the busiest machine some seconds.
public struct HangLimit: Sendable {
    public static let seconds = 900
    public static let milliseconds: Int64 = 900_000

    private let end = ContinuousClock.now + .seconds(seconds)

    /// Begins now.
    public init() {}

    /// Whether what was waited for hangs.
    public var isOver: Bool { .now >= end }
}
