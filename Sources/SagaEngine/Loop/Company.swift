/// Whether a commit waits a moment for company: only while more is in flight than its batch answers, and only as long as company comes.
///
/// A commit costs the same for one input as for many. With hundreds of calls under way their ends come one by one, and a moment brings
/// several of them together; who is alone never waits.
struct Company {
    /// How many commits go without it after one that waited in vain.
    private var pause = 0
    private var left = 0

    /// For how long one waits at most.
    static let milliseconds: Int64 = 1

    private static let pauseMax = 64

    /// - Parameters:
    ///   - waiting: what the next batch has already.
    ///   - inFlight: calls that have not come back.
    /// - Returns: how many it should have; `nil` for a commit that goes at once.
    mutating func wanted(waiting: Int, inFlight: Int, batchMax: Int) -> Int? {
        guard waiting > 0, waiting < min(inFlight, batchMax) else { return nil }
        guard left == 0 else {
            left -= 1
            return nil
        }
        return min(inFlight, batchMax)
    }

    /// So many came while the commit waited.
    mutating func came(_ count: Int) {
        pause = count > 0 ? 0 : min(max(1, pause * 2), Self.pauseMax)
        left = pause
    }
}
