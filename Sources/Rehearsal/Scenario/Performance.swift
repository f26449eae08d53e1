public import CEL
public import SagaCore

/// What became of a scenario.
public struct Performance: Sendable, Hashable {
    /// The state at the end.
    public internal(set) var state = ""
    /// The status at the end.
    public internal(set) var status = Status.running
    /// Why it is stuck: the stable word, and the sentence.
    public internal(set) var stuck: Saga.StuckReason?
    /// Every state that was entered, in order.
    public internal(set) var states: [String] = []
    /// Every call, in the order in which it was first sent.
    public internal(set) var calls: [String] = []
    /// What was kept.
    public internal(set) var vars = MapValue()
    /// Operations that are done and not undone.
    public internal(set) var effects: [String] = []
    /// Of those, what a saga that reads cancelled should have undone.
    public internal(set) var forgotten: [String] = []
    /// What the sender of each act was told; `nil` for one that never came.
    public internal(set) var answers: [String?] = []
    /// Every commit: what it decided on, and whether a call followed.
    public internal(set) var commits: [Commit] = []
    /// How many inputs it took.
    public internal(set) var inputs = 0
    /// Milliseconds of virtual time.
    public internal(set) var elapsed: Int64 = 0
    /// Why it could not be played to its end: it has none, or its start was refused.
    public internal(set) var fault: String?

    /// One input that was written.
    public struct Commit: Sendable, Hashable {
        /// `payment.charge succeeded`.
        public var text: String
        /// Whether something was sent after it.
        public var sends: Bool
    }

    /// `Cancelled (cancelled)`.
    public var end: String {
        let reason = stuck.map { ", \($0.code.rawValue)" } ?? ""
        return state.isEmpty ? "no saga" : "\(state) (\(status.name)\(reason))"
    }
}

/// Where the daemon dies, once.
public struct Crash: Sendable, Hashable {
    /// Before or after which commit, from 1.
    public var commit: Int
    /// At which side of it.
    public var point: Point

    /// A crash at a commit.
    public init(_ point: Point, commit: Int) {
        self.commit = commit
        self.point = point
    }

    /// The moments that differ.
    public enum Point: String, Sendable, Hashable, CaseIterable {
        /// The input is lost; whoever sent it from outside sends it again.
        case beforeCommit = "before the commit of"
        /// It is written, and neither was anything sent nor anybody answered.
        case afterCommit = "after the commit of"
        /// The calls have left, and their answers find nobody.
        case afterSend = "after the sends of"
    }

    /// So many of the crashes that a performance has room for, spread over all of it.
    static func some(_ most: Int, in performance: Performance) -> [Crash] {
        let all = all(in: performance)
        guard all.count > most else { return all }
        return (0..<most).map { all[$0 * all.count / most] }
    }

    /// Every crash that a performance has room for.
    public static func all(in performance: Performance) -> [Crash] {
        performance.commits.enumerated().flatMap { number, commit in
            Point.allCases.filter { $0 != .afterSend || commit.sends }.map { Crash($0, commit: number + 1) }
        }
    }
}
