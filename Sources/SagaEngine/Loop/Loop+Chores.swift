import SagaCore
import SagaStore

extension Loop {
    func carryOut(_ chore: Chore, _ now: Instant) {
        switch chore {
        case .probe(let writing, _, let port): port(probe(now, writing: writing))
        case .load(let load, let port): port(.success(Result { try self.load(load) }))
        case .prune(let retention, let after, let port): port(prune(retention, after: after, now))
        case .rebuild(let step, let port): port(rebuild(step, now))
        case .upkeep(let upkeep): upkeep.run(writer.store)
        }
    }

    /// Says how full its pools are.
    func tellBytes() { outlets.gauges.holds(cache: writer.cacheBytes, early: writer.earlyBytes) }

    private func prune(_ retention: Retention, after: Int64, _ now: Instant) -> Result<PruneStep, EngineError> {
        do throws(StoreError) {
            let step = try writer.prune(retention, after: after, at: now)
            outlets.gauges.pruned(step.pruned)
            return .success(step)
        } catch {
            storeFailed(error, now)
            return .failure(EngineError(error))
        }
    }

    private func rebuild(_ step: ViewStep, _ now: Instant) -> Result<ViewStep.Ending, EngineError> {
        do throws(StoreError) {
            return .success(try writer.rebuild(step))
        } catch {
            storeFailed(error, now)
            return .failure(EngineError(error))
        }
    }

    /// All of it or nothing: what cannot be pinned in the store changes nothing.
    private func load(_ load: Load) throws -> WorkflowChange {
        let before = writer.workflows
        let after = try WorkflowSet(load.workflows, in: writer.store)
        load.adopt()
        writer.load(after, load.limits)
        tellBytes()
        limits = load.limits
        inbox.limit(commands: limits.inboxMax, bytes: limits.inboxBytesMax)
        outlets.loaded(after)
        return WorkflowChange(from: before, to: after)
    }
}
