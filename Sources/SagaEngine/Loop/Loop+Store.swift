import Logging
import SagaCore
import SagaStore

/// A store that takes no writes for a while: no room, a file system that was made read-only, a failing disk.
extension Loop {
    /// The `MESSAGE_ID` of `the store takes no writes`, for the journal's catalog.
    static let troubleMessageID = "8f4c1d6ab2e94f0fa6d70b5c3e9812d4"
    /// The `MESSAGE_ID` of `the store takes writes again`.
    static let recoveredMessageID = "2b7e95d0c4a14c3f8d16e8f7a05b3c69"

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
        outlets.logger.error(
            "the store takes no writes",
            metadata: [
                "MESSAGE_ID": "\(Self.troubleMessageID)", "store_trouble": "\(trouble.code)",
                "error": "\(trouble.message)",
            ])
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
        outlets.logger.notice(
            "the store takes writes again",
            metadata: [
                "MESSAGE_ID": "\(Self.recoveredMessageID)", "store_trouble": "\(told)",
                "after": "\(max(0, now.milliseconds - since)) ms",
            ])
    }

    /// The answer to a probe, which is an error by its type: ``EngineError/probed``, or what the store said.
    func probe(_ now: Instant) -> Result<Handled, EngineError> {
        do throws(StoreError) {
            // Only a write tells whether a store that took none takes them again.
            try writer.store.probe(writing: troubledSince != nil)
            storeWorks(now)
            return .failure(.probed)
        } catch {
            storeFailed(error, now)
            // A store that this process has closed answers nothing any more.
            return .failure(error.code == .closed ? .stopping : EngineError(error))
        }
    }
}
