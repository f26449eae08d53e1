import SagaCore
import SagaStore

/// What the loop is asked to do.
struct Order: Sendable {
    var ask: Ask
    var wait: Wait?
    var port: Port?
    /// By which the sender of a wait gives it up.
    var ticket: Int64?

    enum Ask: Sendable {
        case start(StartCommand)
        case tell(Target, Input)
        case look(Target)
        case operate(Target, OperateCommand)
        /// The same, without doing it.
        case rehearse(Target, OperateCommand)
        /// A call was in flight when the last process ended.
        case recover(Int64)
        case accept(JobRow, [SagaID], told: @Sendable (JobRow) -> Void)
        /// The next saga of a job has its turn.
        case work(job: Int64)
        /// To another version of its workflow, by its row.
        case migrate(Target, to: Int64, MigrateSent)
        /// - Parameters:
        ///   - writing: also by a write, when the store is not known to take none.
        ///   - isUrgent: before all that waits, as behind ten thousand commands a proof of progress would come too late.
        case probe(writing: Bool, isUrgent: Bool = false)
        /// Something that is done to the store between two commits; tells its own end, and the port only that it was not taken.
        case upkeep(@Sendable (SagaStore) -> Void)
        /// Tells its own end too.
        case prune(Pruning)
        /// Other workflows and limits than those that were loaded before.
        case load(Load)
        case early(KeyedSignal)
        /// Whoever waited with the ticket is gone.
        case abandon(ticket: Int64)
    }

    enum Target: Sendable {
        case reference(SagaReference)
        case number(Int64)
    }

    /// Whether it came from outside and may be turned away; what happened may not.
    var isCommand: Bool { port != nil }

    /// Whether the daemon itself asks, and not one of its clients.
    var isHousekeeping: Bool {
        switch ask {
        case .probe, .load: true
        default: false
        }
    }
}

extension Order {
    var isUrgent: Bool {
        switch ask {
        case .probe(_, let isUrgent): isUrgent
        case .load: true
        default: false
        }
    }
}

/// What is to be loaded, and who waits to hear of it.
struct Load: Sendable {
    var workflows: [LoadedWorkflow]
    var limits: EngineLimits
    /// Called on the loop's thread when all is kept, before anything is decided by it.
    var adopt: @Sendable () -> Void
    var told: @Sendable (Result<WorkflowChange, any Error>) -> Void
}

/// Where an order's answer goes; called once, after the commit.
typealias Port = @Sendable (Result<Handled, EngineError>) -> Void

/// An order that was carried out.
struct Handled: Sendable {
    var verdict: Verdict
    var entry: Entry
    /// `false` when a wait ran out.
    var reached = true

    enum Verdict: Sendable {
        case start(StartVerdict)
        case answer(Answer)
        case operated(OperateVerdict)
        case look
    }

    /// Whether what was asked is not done: then there is nothing to wait for.
    var isRefused: Bool {
        switch verdict {
        case .answer(.signal(let verdict)): verdict.refusal != nil
        case .answer(.cancel(.tooLate)): true
        default: false
        }
    }

    /// The same, for a wait that ended before its goal.
    var givenUp: Handled {
        var handled = self
        handled.reached = false
        return handled
    }
}

/// A saga in memory, with what the store needs to go on with it.
struct Entry: Sendable {
    var saga: Saga
    var workflow: Workflow
    var row: SagaRow
    var tags: [Tag]
    /// The rows from the tries at the history's end on, oldest first; none while something else is at its end.
    var trail: [TrailRow] = []
}

/// A row of a history that a later one may take the place of.
struct TrailRow: Sendable {
    var row: Int64
    var previous: Int64
    /// How many records stand before it.
    var before: Int
}
