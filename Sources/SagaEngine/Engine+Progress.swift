import SagaStore
import Synchronization

extension Engine {
    /// A round trip through the loop and its store: whether work would be taken.
    public func probe() async -> Proof {
        await probe { .probe(writing: false, $0) }
    }

    /// The proof of progress that feeds the watchdog (rule 23): the loop turned, the store took a write or said why not, and the
    /// dispatcher took up what woke it. A disk that has hung since the last commit shows only by a write, so one is made when there was
    /// none since the last proof.
    public func prove() async -> Proof {
        let commits = gauges.current.commits
        let wasBusy = provenCommits.exchange(commits, ordering: .relaxed) != commits
        let proof = await probe { .probe(writing: !wasBusy, isUrgent: true, $0) }
        guard proof.isProgress else { return proof }
        dispatching.store(true, ordering: .relaxed)
        defer { dispatching.store(false, ordering: .relaxed) }
        return await dispatcher.turn() ? proof : .missing
    }

    /// What the engine does now; while ``prove()`` is out, what it waits for.
    public var phase: Phase { dispatching.load(ordering: .relaxed) ? .dispatching : phaseMark.current }

    /// A full inbox and an ended loop show nothing.
    private func probe(_ chore: (@escaping Port<Proof>) -> Chore) async -> Proof {
        do throws(EngineError) {
            return try await send(chore)
        } catch {
            return .missing
        }
    }
}
