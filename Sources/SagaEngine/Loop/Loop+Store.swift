import Logging
import OperatorLog
import SagaCore
import SagaStore

/// A store that takes no writes for a while: no room, a file system that was made read-only, a failing disk.
extension Loop {
    /// Milliseconds after the end of a trouble for which the next one is not told, unless it goes on.
    private static let silence: Int64 = 10_000

    /// Said once when it begins, and not for each request that is refused. Until it is over no call leaves, as its answer could not be
    /// written: what is held is bounded by the calls that were in flight.
    func storeFailed(_ error: StoreError, _ now: Instant) {
        guard error.concernsAll else { return }
        let trouble = StoreTrouble(code: error.code.rawValue, message: error.message)
        let before = outlets.gauges.troubled(trouble)
        if troubledSince == nil {
            troubledSince = now.milliseconds
            outlets.hold(true)
        }
        let isNews = before?.code != trouble.code || toldTrouble == nil
        // On the edge a disk is full at one write and not at the next.
        guard isNews, abs(now.milliseconds - toldOver) >= Self.silence else { return }
        toldTrouble = trouble.code
        outlets.logger.tell(
            error.code == .gone ? .storeGone : .storeTroubled,
            ["store_trouble": "\(trouble.code)", "error": "\(trouble.message)"])
    }

    /// Said once when it is over.
    func storeWorks(_ now: Instant) {
        heldUntil = 0
        guard let since = troubledSince else { return }
        troubledSince = nil
        _ = outlets.gauges.troubled(nil)
        outlets.hold(false)
        guard let told = toldTrouble else { return }
        toldTrouble = nil
        toldOver = now.milliseconds
        outlets.logger.tell(
            .storeRecovered,
            ["store_trouble": "\(told)", "after": "\(max(0, now.milliseconds - since)) ms"])
    }

    /// What was committed to files that lost their names meanwhile is no promise: whoever asked is told so, and no call leaves until they
    /// are back (rules 1 and 25).
    func committed(_ writes: [Posted], _ result: Writer.AfterCommit, _ now: Instant) {
        // Before anybody is told: who was, and asks, finds it counted.
        outlets.gauges.committed()
        do throws(StoreError) {
            try writer.store.checkFiles()
            finish(writes, result, now)
            storeWorks(now)
        } catch {
            // First: it keeps back the calls that are to be made now.
            storeFailed(error, now)
            finish(writes, result, now, unkept: EngineError(error))
        }
    }

    /// Whether the store takes writes.
    func probe(_ now: Instant, writing: Bool) -> Result<Proof, EngineError> {
        writer.phase.set(.probing)
        defer { writer.phase.set(.reading) }
        do throws(StoreError) {
            // Only a write tells whether a store that took none takes them again; and only writes make a log short that is long.
            let store = writer.store
            try store.probe(writing: writing || troubledSince != nil || store.isLogLong)
            storeWorks(now)
            return .success(.sound)
        } catch {
            storeFailed(error, now)
            // A store that this process has closed answers nothing any more.
            if error.code == .closed { return .failure(.stopping) }
            return .success(.troubled(StoreTrouble(code: error.code.rawValue, message: error.message)))
        }
    }
}
