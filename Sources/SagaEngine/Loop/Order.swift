import SagaCore
import SagaStore

/// What goes to the core, by the reply that it has: it is decided with what stands beside it, committed once, and answered after that.
struct Order<Reply: Sendable>: Sendable {
    let ask: Ask
    /// The reply in what was done; `nil` is no reply to this order.
    let read: @Sendable (Done) -> Reply?
}

/// What the core, or a saga as it is, is asked for.
enum Ask: Sendable {
    case start(StartCommand)
    case tell(Target, Input)
    case early(KeyedSignal)
    case operate(Target, OperateCommand)
    /// To another version of its workflow, by its row.
    case migrate(Target, to: Int64, MigrateSent)
    /// A call was in flight when the last process ended.
    case recover(Int64)
    case accept(JobRow, [SagaID])
    /// The next saga of a job has its turn.
    case work(job: Int64)
    case look(Target)
    /// What an act would do.
    case rehearse(Target, OperateCommand)

    enum Target: Sendable {
        case reference(SagaReference)
        case number(Int64)
    }
}

/// Where a reply goes; called once, and for what is written after its commit.
typealias Port<Reply> = @Sendable (Result<Reply, EngineError>) -> Void

/// An order in the inbox.
struct Posted: Sendable {
    var ask: Ask
    var wait: Wait?
    /// `nil` for what has happened: it may not be turned away, and nobody waits to hear of it.
    var port: Port<Done>?
    /// By which the sender of a wait gives it up.
    var ticket: Int64?
    /// The user who asks for a look, which names nobody.
    var looker: UInt32?
}

/// What became of an order that was carried out.
enum Done: Sendable {
    case saga(Handled)
    /// A signal that came before its saga waits for it.
    case kept(until: Instant)
    case job(JobRow)
    /// A turn of a job, whose outcome is a row.
    case worked

    var handled: Handled? {
        if case .saga(let handled) = self { handled } else { nil }
    }
}

/// A saga that an order was carried out on.
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
    /// What is stored of what lists and views show of it; `nil`: nobody has looked.
    var shown: Shown?
}

/// A row of a history that a later one may take the place of.
struct TrailRow: Sendable {
    var n: Int64
    /// How many records stand before it.
    var before: Int
}
