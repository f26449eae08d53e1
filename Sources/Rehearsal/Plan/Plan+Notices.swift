public import SagaCore

extension Plan {
    /// What whoever loads the workflow is told.
    public struct Notice: Sendable, Hashable {
        /// What it is about.
        public var subject: Subject
        /// The state to blame; the first line for the whole workflow.
        public var place: Place
        /// One line, with the shortest way.
        public var text: String
    }

    /// What a notice is about; its raw value is the diagnostic's code.
    public enum Subject: String, Sendable, Hashable {
        /// An end with effects that nobody answers for: the workflow must not be loaded.
        case effects = "YG0310"
        /// The budget was used up: what was not explored may have faults.
        case incomplete = "YG0311"
        /// A situation without a way to an end.
        case trap = "YG0312"
        /// A step of which no refusal has a name.
        case unnamed = "YG0313"

        /// Whether the workflow must not be loaded.
        public var isFatal: Bool { self == .effects }
        /// Whether it is only to be known: the workflow does what it says.
        public var isNote: Bool { self == .unnamed }
    }

    /// The violations, and whether the plan is incomplete, each in one line.
    public var notices: [Notice] {
        var notices = violations.map { violation in
            let way = violation.path.map(\.text).joined(separator: " > ")
            let advice =
                switch violation.kind {
                case .outstanding: "; undo it with 'compensate:', or say 'compensate: none' and 'because:'"
                case .unsettled, .untrue, .trap: ""
                }
            return Notice(
                subject: violation.kind == .trap ? .trap : .effects, place: violation.place,
                text: "\(violation.text)\(advice); shortest way: \(way)")
        }
        for step in unnamed {
            notices.append(
                Notice(
                    subject: .unnamed, place: step.place,
                    text:
                        "'\(step.call)' of state '\(step.state)' may be refused with a code that nobody names: after a lost answer "
                        + "such a no proves nothing, and the saga would wait for a person; name the codes in 'refused:', or in the "
                        + "participant's 'refusals:' (one made with ParticipantKit says itself what is its own no)"))
        }
        if !isComplete {
            notices.append(
                Notice(
                    subject: .incomplete, place: Place(line: 1, column: 1),
                    text: "'\(workflow)' has too many ways to look at all of them (\(decisions) decisions showed "
                        + "\(situations) situations); 'yogictl plan' goes on"))
        }
        return notices
    }
}
