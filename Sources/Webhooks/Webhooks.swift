public import ControlServer
public import Logging
import Participants
import SagaCore
public import SagaEngine
public import ServiceLifecycle
import Synchronization

/// Tells all receivers of the configuration what happens, each in a task of its own: who is slow or away holds up no other, and nothing of
/// the engine. What is held for one is a page of the feed and a batch, however far it is behind.
public final class Webhooks: Service {
    private struct State {
        /// By the names of their consumers.
        var hooks: [String: Webhook] = [:]
    }

    /// One that is to run when the one before it has ended.
    private struct Begin: Sendable {
        var hook: Webhook
        var after: Webhook?
    }

    private let engine: Engine
    private let logger: Logger
    private let outside: @Sendable (WebhookSettings) -> Webhook.Outside
    private let state = Mutex(State())
    private let (begins, beginning) = AsyncStream.makeStream(of: Begin.self)

    /// Milliseconds that a receiver may take.
    static let timeout: Int64 = 30_000

    /// Tells nobody yet: see ``replace(_:)``.
    public convenience init(engine: Engine, logger: Logger) {
        self.init(engine: engine, logger: logger) { settings in
            let poster = Poster(settings.address, token: settings.token)
            return Webhook.Outside(
                post: { batch, settings in
                    let now = engine.now
                    let fields = batch.fields(settings.secret, timestamp: now.milliseconds / 1_000)
                    return await poster.post(batch.body, fields, timeout: Self.timeout, at: now)
                }, close: { await poster.shutdown() })
        }
    }

    init(
        engine: Engine, logger: Logger,
        outside: @escaping @Sendable (WebhookSettings) -> Webhook.Outside
    ) {
        self.engine = engine
        self.logger = logger
        self.outside = outside
    }

    /// Takes over another configuration; returns at once. One whose settings are the same goes on, unless it was given up.
    public func replace(_ all: [WebhookSettings]) {
        let begins = state.withLock { state in
            var hooks: [String: Webhook] = [:]
            var begins: [Begin] = []
            for settings in all {
                let before = state.hooks[settings.consumer]
                if let before, before.settings == settings, before.shown.state != .gone {
                    hooks[settings.consumer] = before
                    continue
                }
                let hook = Webhook(
                    settings, engine, outside(settings), logger, counted: before?.shown.deliveries ?? [:])
                hooks[settings.consumer] = hook
                begins.append(Begin(hook: hook, after: before))
            }
            for (name, hook) in state.hooks where hooks[name] !== hook { hook.stop() }
            state.hooks = hooks
            return begins
        }
        for begin in begins { beginning.yield(begin) }
    }

    /// As they are now, by name.
    public var shown: [ControlFacts.Webhook] {
        state.withLock { Array($0.hooks.values) }.map(\.shown).sorted { $0.consumer < $1.consumer }
    }

    /// Until graceful shutdown.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                for await begin in self.begins {
                    group.addTask {
                        await begin.after?.ended()
                        await begin.hook.run()
                    }
                }
            }
        }
    }
}
