public import SagaCore

/// Every way that a workflow can take, and where it ends.
///
/// Explores control flow, not data: a condition is taken both ways, times and numbers of attempts are left out, and each decision is the
/// engine's own.
public struct Plan: Sendable, Hashable {
    /// The workflow's name.
    public var workflow: String
    /// The workflow's version.
    public var version: String
    /// Situations that differ in more than times and data.
    public var situations: Int
    /// Decisions of the engine that it took.
    public var decisions: Int
    /// Ways from the start to an end; loops are taken no second time. `Int.max` stands for that many and more.
    public var paths: Int
    /// In the order of the file, succeeded before cancelled before stuck.
    public var ends: [End]
    /// The ways through "answered by a stranger": where a saga can come to rest after one, for each call.
    public var passages: [Passage]
    /// Steps of which no refusal has a name.
    public var unnamed: [Unnamed]
    /// Each with the shortest way to it, the shortest first.
    public var violations: [Violation]
    /// Whether every situation was looked at; otherwise the numbers are what the budget allowed.
    public var isComplete: Bool

    /// One way in which sagas come to rest: ended, or stuck until an operator acts.
    public struct End: Sendable, Hashable {
        /// The final state; of a stuck saga the one that it is in.
        public var state: String
        /// `succeeded`, `cancelled`, or `stuck`.
        public var status: Status
        /// Why it is stuck: the stable word.
        public var reason: String?
        /// What is there in the outside world then.
        public var effects: [Effect]
        /// Ways that lead here.
        public var paths: Int
    }

    /// What a step has left in the outside world.
    public struct Effect: Sendable, Hashable {
        /// The state that made the call.
        public var state: String
        /// `participant.operation`.
        public var call: Operation
        /// Otherwise nobody knows whether it is there.
        public var isCertain: Bool
        /// Why nothing undoes it, as the file says; `nil` where something does.
        public var because: String?
    }

    /// One thing that happened, and what the saga was then.
    public struct Event: Sendable, Hashable {
        /// `payment.charge has no definite answer`.
        public var text: String
        /// The state then; while everything is undone, the final state to come.
        public var state: String
        /// The status then.
        public var status: Status
    }

    /// An end that no workflow should have.
    public struct Violation: Sendable, Hashable {
        /// What is wrong.
        public var kind: Kind
        /// The state that is to blame.
        public var state: String
        /// Where it stands in the file.
        public var place: Place
        /// One sentence, without the way.
        public var text: String
        /// The shortest way there.
        public var path: [Event]
    }

    /// Somebody else answers in a participant's place, as a proxy does: that proves nothing.
    public struct Passage: Sendable, Hashable {
        /// The state that made the call, or whose call is undone.
        public var state: String
        /// What was called.
        public var call: Operation
        /// Whether an attempt before it may have taken effect; otherwise the call is simply made again.
        public var isInDoubt: Bool
        /// In the order of ``Plan/ends``.
        public var ends: [Rest]
    }

    /// Where sagas come to rest, whatever they leave there.
    public struct Rest: Sendable, Hashable {
        /// The state then.
        public var state: String
        /// `succeeded`, `cancelled`, or `stuck`.
        public var status: Status
        /// Why it is stuck.
        public var reason: String?
    }

    /// A step whose refusals the workflow takes without naming one.
    public struct Unnamed: Sendable, Hashable {
        /// The state that makes the call.
        public var state: String
        /// What is called.
        public var call: Operation
        /// Where the state stands in the file.
        public var place: Place

        static func all(in workflow: Workflow) -> [Unnamed] {
            workflow.states.compactMap { state in
                // With `ask` a lost answer waits for a person anyway.
                guard let step = state.step, step.unknown != .ask, !state.refused.contains(where: { $0.code != nil })
                else { return nil }
                return Unnamed(state: state.name, call: step.call, place: state.place)
            }
        }
    }

    /// The kinds of violations.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// A saga ends as cancelled, and what it did is still there with no reason given.
        case outstanding = "effect-outstanding"
        /// A saga ends and nobody knows whether a step took effect.
        case unsettled = "effect-unknown"
        /// A saga ends as if a step had never been, and it may have taken effect.
        case untrue = "effect-denied"
        /// From here no end can be reached.
        case trap = "no-way-out"
    }

    /// Enough for every workflow that people write, on the command line.
    public static let decisionsMax = 1_000_000
    /// What a load may take: 0.8 ms for the shipped reservation, and no more than 0.3 s for any workflow (measured).
    public static let decisionsMaxAtLoad = 30_000

    /// Explores a workflow.
    ///
    /// - Parameter decisionsMax: after so many decisions it stops, and ``isComplete`` is false.
    public init(of workflow: Workflow, decisionsMax: Int = Plan.decisionsMax) {
        self.init(of: workflow, by: Explorer(Skeleton(workflow), decisionsMax: decisionsMax))
    }

    init(of workflow: Workflow, by explorer: Explorer) {
        var explorer = explorer
        explorer.explore()
        let report = Report(explorer)
        self.workflow = workflow.name
        version = workflow.version
        situations = explorer.nodes.count
        decisions = explorer.decisions
        paths = report.paths
        ends = report.ends
        passages = report.passages
        unnamed = Unnamed.all(in: workflow)
        violations = report.violations
        isComplete = explorer.isComplete
    }
}
