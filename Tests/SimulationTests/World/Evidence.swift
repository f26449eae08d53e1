import SagaStore

@testable import SagaCore
@testable import SagaEngine

/// All that a run left behind: what was sent, told and kept, in the order in which it happened. Checkers judge it and nothing else.
struct Evidence {
    struct Sent {
        var call: Call
        var tick: Int
        var life = 0
    }

    /// An outcome that reached the engine's inbox.
    struct Delivered {
        var saga: SagaID
        var token: Int
        /// The number of the step; `nil` for a compensation.
        var step: Int?
        var outcome: Outcome
        var life: Int
        var tick: Int
    }

    /// A command that the inbox took.
    struct Asked {
        var command: Command
        var life: Int
        var tick: Int
    }

    struct Told {
        var asked: Int
        var result: Result<Done, EngineError>
        var tick: Int
        /// How many commits had been seen by then.
        var commits = 0
    }

    /// A saga as the store has it in the end.
    struct Kept {
        var workflow: Workflow
        var row: SagaRow
        var rows: [HistoryRow]
        var records: [(at: Instant, record: Record)]
        /// Their fold; `nil` when they do not fold.
        var saga: Saga?

        /// The saga as it was when its history had so many records.
        func saga(after lengths: Set<Int>) -> [Int: Saga] {
            guard case .started(let started)? = records.first?.record else { return [:] }
            var saga = Saga(started: started, at: records[0].at)
            var found = [1: saga].filter { lengths.contains($0.key) }
            for (number, (at, record)) in records.enumerated().dropFirst() {
                saga.apply(record, at: at)
                if lengths.contains(number + 1) { found[number + 1] = saga }
            }
            return found
        }
    }

    var sent: [Sent] = []
    var delivered: [Delivered] = []
    var asked: [Asked] = []
    var told: [Told] = []
    var commits: [CommittedChange] = []
    /// The process that each of them was seen of.
    var commitLives: [Int] = []
    var kept: [SagaID: Kept] = [:]
    var ledger: [String: Participants.Entry] = [:]
    var undoOrder: [String] = []
    /// Undos that do not fit what they undo, as their participants see it.
    var misfits: [String] = []
    /// Calls that left their lanes when their sagas did not want them any more.
    var stale: [String] = []
    var peaks = Peaks()
    var limits = EngineLimits()
    var sagaLimits = SagaLimits.standard
    /// Calls that nobody told the engine the end of.
    var openCalls = 0
    /// Sagas that cannot be read.
    var unreadable: [String] = []
    /// Milliseconds by which a timer may be late, as nobody was there to fire it: the machine was down, its clock was set, its disk
    /// failed.
    var excuse: Int64 = 0
    /// The machine's clock was set: what is kept until a time may have been dropped.
    var isClockSet = false
    /// Which process was the last.
    var lives = 0
    /// The run did not come to rest.
    var isEndless = false

    /// The most that was held at once.
    struct Peaks {
        var commands = 0
        var waiters = 0
    }
}

/// What a guest asks of the engine.
struct Command {
    enum Ask {
        case start(workflow: Int)
        case signal(name: String, id: String?, ok: Bool)
        /// A signal by key, whether there is a saga yet or not.
        case early(workflow: Int, name: String, id: String, ok: Bool)
        case cancel
        case look(WaitGoal?)
        case operate(OperatorAct.Kind)
        /// A participant's answer.
        case bring(Brought)
    }

    /// What a participant brings, and to which call by its key.
    struct Brought {
        var saga: SagaID
        var key: String
        var sent: CallbackSent
    }

    var saga: Int
    var ask: Ask
    var tries = 0
}
