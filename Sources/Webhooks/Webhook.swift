import ControlServer
import Logging
import OperatorLog
import Participants
import SagaCore
import SagaEngine
import Synchronization

/// Tells one receiver: reads as its consumer, sends batch after batch, one at a time and in order, and acknowledges what was taken. It does
/// what its ``Delivery`` says, in a task of its own, on no thread of the engine.
final class Webhook: Sendable {
    /// What it does outside; for tests.
    struct Outside: Sendable {
        var post: @Sendable (EventBatch, WebhookSettings) async -> Poster.Ending
        /// Throws when the task is cancelled.
        var sleep: @Sendable (Int64) async throws -> Void = { try await Task.sleep(for: .milliseconds($0)) }
        /// Milliseconds of a clock that never jumps.
        var ticks: @Sendable () -> Int64 = MonotonicTicker().ticks
        /// Closes what it was sent over.
        var close: @Sendable () async -> Void = {}
    }

    private struct Seen {
        var delivery = Delivery()
        var deliveries: [ControlFacts.Webhook.DeliveryOutcome: Int] = [:]
        var progress: ConsumerProgress?
    }

    let settings: WebhookSettings
    private let engine: Engine
    private let outside: Outside
    private let logger: Logger
    private let seen: Mutex<Seen>
    private let (stops, stopping) = AsyncStream.makeStream(of: Void.self)
    private let (ends, ending) = AsyncStream.makeStream(of: Void.self)

    /// - Parameter counted: what was counted of it before a reload.
    init(
        _ settings: WebhookSettings, _ engine: Engine, _ outside: Outside, _ logger: Logger,
        counted: [ControlFacts.Webhook.DeliveryOutcome: Int] = [:]
    ) {
        self.settings = settings
        self.engine = engine
        self.outside = outside
        self.logger = logger
        seen = Mutex(Seen(deliveries: counted))
    }

    var shown: ControlFacts.Webhook {
        seen.withLock { seen in
            let trouble = seen.delivery.trouble
            var state = trouble == nil ? ControlFacts.Webhook.State.delivering : .parked
            if case .gone = seen.delivery { state = .gone }
            return ControlFacts.Webhook(
                consumer: settings.consumer, url: "\(settings.address)", state: state, since: trouble?.since,
                error: trouble?.error, progress: seen.progress, deliveries: seen.deliveries)
        }
    }

    /// It ends, and does not wait for that.
    func stop() { stopping.finish() }

    /// Comes back when it has ended.
    func ended() async { for await _ in ends {} }

    /// Until it is stopped, or its task is cancelled.
    func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.deliver() }
            group.addTask { for await _ in self.stops {} }
            await group.next()
            group.cancelAll()
        }
        await outside.close()
        ending.finish()
    }

    /// What is at hand: a page, what of it is not sent yet, and the batch that is being sent.
    private struct Hand {
        var progress: DeliveryProgress?
        var events: ArraySlice<FeedEvent> = []
        /// Behind all of them.
        var next: FeedCursor?
        var isEnd = false
        var batch: EventBatch?
        /// The engine's count of news before the page was read.
        var news = 0

        mutating func drop() { self = Hand() }
    }

    /// Milliseconds until a paused engine is looked at again.
    private static let pausedFor: Int64 = 1_000

    private func note(_ progress: DeliveryProgress?) {
        guard let progress else { return }
        seen.withLock { $0.progress = ConsumerProgress(kept: progress.kept, reached: progress.reached) }
    }

    private func deliver() async {
        var hand = Hand()
        var action = seen.withLock { $0.delivery.due }
        steps: while !Task.isCancelled {
            note(hand.progress)
            // Nothing moves, and nobody outside is told of what may be the wrong backup.
            if engine.isPaused, action != .stop { action = .wait(milliseconds: Self.pausedFor) }
            switch action {
            case .make: action = await make()
            case .read: action = await read(&hand)
            case .send: action = await send(&hand)
            case .awaitNews:
                guard await engine.awaitNews(since: hand.news) else { break steps }
                action = .read
            case .wait(let milliseconds):
                guard (try? await outside.sleep(milliseconds)) != nil else { break steps }
                action = seen.withLock { $0.delivery.due }
            case .tellParked, .tellBack, .stop: break steps
            }
        }
        // What was taken and not kept would be told again.
        await keep(&hand, isEnd: true)
    }
}

extension Webhook {
    /// Says what there is to be said.
    /// - Returns: what is done next.
    private func step(_ change: (inout Delivery) -> [Delivery.Action]) -> Delivery.Action {
        var next = Delivery.Action.stop
        for action in seen.withLock({ change(&$0.delivery) }) {
            switch action {
            case .tellParked(let trouble):
                logger.tell(
                    .webhookParked,
                    [
                        "CONSUMER": "\(settings.consumer)", "URL": "\(settings.address)", "ERROR": "\(trouble.error)",
                    ])
            case .tellBack(let trouble):
                logger.tell(
                    .webhookBack,
                    [
                        "CONSUMER": "\(settings.consumer)", "URL": "\(settings.address)",
                        "SINCE": "\(trouble.since.rfc3339)", "ERROR": "\(trouble.error)",
                    ])
            default: next = action
            }
        }
        return next
    }

    private func failed(_ error: EngineError) -> Delivery.Action {
        switch error {
        // Ours, and soon over: nobody needs to know.
        case .busy, .noRoom: .wait(milliseconds: Delivery.backoffMin)
        case .stopping: .stop
        case .unknownConsumer: step { $0.lost() }
        default: step { $0.failed("the daemon's own: \(ControlFacts.words(of: error))", at: engine.now) }
        }
    }

    private func make() async -> Delivery.Action {
        do throws(EngineError) {
            _ = try await engine.put(
                consumer: settings.consumer, settings.filter, from: settings.start, isForeign: true)
            return step { $0.made() }
        } catch {
            return failed(error)
        }
    }

    private func read(_ hand: inout Hand) async -> Delivery.Action {
        if hand.events.isEmpty {
            if let next = hand.next {
                hand.progress?.reach(next, taken: false)
                hand.next = nil
                switch await keep(&hand, isEnd: hand.isEnd && hand.news == engine.news) {
                case .kept: if hand.isEnd { return step { $0.foundNothing(isEnd: true) } }
                case .failed: return .wait(milliseconds: Delivery.backoffMin)
                case .moved: hand.drop()
                }
            }
            hand.news = engine.news
            do throws(EngineError) {
                let read = try await engine.feed(
                    consumer: settings.consumer, after: hand.progress?.reached,
                    limit: max(settings.batch, WebhookSettings.batchDefault))
                if let progress = hand.progress, progress.kept != read.consumer.cursor {
                    hand.drop()
                    return step { $0.moved() }
                }
                if hand.progress == nil { hand.progress = DeliveryProgress(read.consumer.cursor, at: outside.ticks()) }
                hand.events = read.page.events[...]
                hand.next = read.page.next
                hand.isEnd = read.page.isEnd
            } catch {
                return failed(error)
            }
            if hand.events.isEmpty { return step { $0.foundNothing(isEnd: false) } }
        }
        let (events, settings) = (hand.events, settings)
        hand.batch = await engine.aside { EventBatch(events, of: settings.consumer, most: settings.batch) }
        return step { $0.found() }
    }

    private func send(_ hand: inout Hand) async -> Delivery.Action {
        guard let batch = hand.batch, let progress = hand.progress else { return step { $0.moved() } }
        if seen.withLock({ $0.delivery.trouble != nil }) {
            // It was some time ago that it was read.
            do throws(EngineError) {
                guard try await engine.consumer(settings.consumer).consumer.cursor == progress.kept else {
                    hand.drop()
                    return step { $0.moved() }
                }
            } catch {
                return failed(error)
            }
        }
        let ending = await outside.post(batch, settings)
        if Task.isCancelled { return .stop }
        let (result, outcome) = Self.judged(ending)
        seen.withLock { $0.deliveries[outcome, default: 0] += 1 }
        if result == .taken {
            hand.batch = nil
            hand.events = hand.events.dropFirst(batch.count)
            hand.progress?.reach(batch.end, taken: true)
            if await keep(&hand, isEnd: false) == .moved { hand.drop() }
        }
        return step { $0.ended(result, at: engine.now) }
    }

    private enum Keeping {
        /// Or nothing was due.
        case kept
        /// It is tried again with what comes next.
        case failed
        /// The consumer was moved by hand, or is gone: what is at hand is not what follows.
        case moved
    }

    /// Tells the store how far it has come, where that is due.
    /// - Parameter isEnd: there is nothing more to be told now.
    @discardableResult
    private func keep(_ hand: inout Hand, isEnd: Bool) async -> Keeping {
        guard let progress = hand.progress, progress.isDue(isEnd: isEnd, at: outside.ticks()) else { return .kept }
        do throws(EngineError) {
            _ = try await engine.acknowledge(progress.reached, for: settings.consumer, from: progress.kept)
            hand.progress?.wasKept(at: outside.ticks())
            return .kept
        } catch {
            switch error {
            case .wrongCursor, .unknownConsumer: return .moved
            default: return .failed
            }
        }
    }

    private static func judged(_ ending: Poster.Ending) -> (Delivery.Ending, ControlFacts.Webhook.DeliveryOutcome) {
        switch ending {
        case .answered(let status, _, _) where (200..<300).contains(status): (.taken, .taken)
        case .answered(let status, let retryAfter, let words):
            (.refused(status: status, retryAfter: retryAfter, words: words), .refused)
        case .unreached(let words): (.failed(words), .unreached)
        case .unanswered(let words): (.failed(words), .unanswered)
        }
    }
}
