/// How long, and at which pauses, a request is sent again while the daemon restarts.
struct Patience {
    private let end: ContinuousClock.Instant
    private var pause = Duration.milliseconds(50)

    init(milliseconds: Int64) {
        end = .now + .milliseconds(milliseconds)
    }

    /// Waits for a moment, each time longer; `false` when it is too late for another try, or the task is cancelled.
    mutating func wait() async -> Bool {
        guard .now + pause < end else { return false }
        guard (try? await Task.sleep(for: pause)) != nil else { return false }
        pause = min(pause * 2, .seconds(1))
        return true
    }
}
