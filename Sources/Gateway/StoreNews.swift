import ControlAPI
import ControlClient
import Synchronization

/// Whether anything was committed since the last look. All pages that are open share one look a second, and with none open there is none:
/// what they cost the daemon does not grow with them.
final class StoreNews: Sendable {
    private struct State {
        var commits: Int?
        var lookedAt: ContinuousClock.Instant?
    }

    /// What one page has seen.
    private final class Seen: Sendable {
        let commits = Mutex<Int?>(nil)
    }

    private static let pause = Duration.seconds(1)
    /// Looks without news after which a sign of life is due: proxies close what is silent for a minute.
    private static let quietMax = 15

    private let client: ControlClient
    private let state = Mutex(State())

    init(_ client: ControlClient) { self.client = client }

    /// `true` for news, `false` for a sign of life; without an end.
    func changes() -> AsyncStream<Bool> {
        let seen = Seen()
        return AsyncStream(unfolding: { [self] in
            for _ in 0..<Self.quietMax {
                guard (try? await Task.sleep(for: Self.pause)) != nil else { return nil }
                let commits = await look()
                let isNews = seen.commits.withLock { last in
                    defer { last = commits ?? last }
                    // The first look is news too: what happened since the page was made is in no other.
                    return commits != nil && last != commits
                }
                if isNews { return true }
            }
            return false
        })
    }

    /// How many commits there were; `nil` before the daemon has first answered.
    private func look() async -> Int? {
        let now = ContinuousClock.now
        let (isDue, known) = state.withLock { state in
            if let at = state.lookedAt, now - at < Self.pause / 2 { return (false, state.commits) }
            state.lookedAt = now
            return (true, state.commits)
        }
        guard isDue, let status = try? await client.status() else { return known }
        state.withLock { $0.commits = status.commits }
        return status.commits
    }
}
