import SagaCore
import SagaStore

/// What is done between two commits, on the loop's thread, without the core. Each has a port for its own reply.
enum Chore: Sendable {
    /// - Parameters:
    ///   - writing: also by a write, when the store is not known to take none.
    ///   - isUrgent: before all that waits, as behind ten thousand commands a proof of progress would come too late.
    case probe(writing: Bool, isUrgent: Bool = false, Port<Proof>)
    /// Other workflows and limits than those that were loaded before; what is wrong with them is in the reply.
    case load(Load, Port<Result<WorkflowChange, any Error>>)
    /// The next step of retention.
    case prune(Retention, after: Int64, Port<PruneStep>)
    /// The next step of a view's rebuild.
    case rebuild(ViewStep, Port<ViewStep.Ending>)
    /// Something that is done to the store.
    case upkeep(Upkeep)

    /// Whether the daemon itself asks, and not one of its clients.
    var isHousekeeping: Bool {
        switch self {
        case .probe, .load: true
        case .prune, .rebuild, .upkeep: false
        }
    }

    var isUrgent: Bool {
        switch self {
        case .probe(_, let isUrgent, _): isUrgent
        case .load: true
        case .prune, .rebuild, .upkeep: false
        }
    }

    func refuse(_ error: EngineError) {
        switch self {
        case .probe(_, _, let port): port(.failure(error))
        case .load(_, let port): port(.failure(error))
        case .prune(_, _, let port): port(.failure(error))
        case .rebuild(_, let port): port(.failure(error))
        case .upkeep(let upkeep): upkeep.refuse(error)
        }
    }
}

/// What is to be loaded.
struct Load: Sendable {
    var workflows: [LoadedWorkflow]
    var limits: EngineLimits
    /// Called on the loop's thread when all is kept, before anything is decided by it.
    var adopt: @Sendable () -> Void
}

/// Work on the store with a reply of any kind.
struct Upkeep: Sendable {
    let run: @Sendable (SagaStore) -> Void
    let refuse: @Sendable (EngineError) -> Void

    init(run: @escaping @Sendable (SagaStore) -> Void, refuse: @escaping @Sendable (EngineError) -> Void) {
        self.run = run
        self.refuse = refuse
    }

    init<Reply: Sendable>(
        _ work: @escaping @Sendable (SagaStore) throws(StoreError) -> Reply, _ port: @escaping Port<Reply>
    ) {
        run = { store in
            do throws(StoreError) {
                port(.success(try work(store)))
            } catch {
                port(.failure(EngineError(error)))
            }
        }
        refuse = { port(.failure($0)) }
    }
}
