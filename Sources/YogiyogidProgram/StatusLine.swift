import ControlServer
import Participants
import SagaCore
import SagaEngine
import ServiceLifecycle
import Systemd
import Webhooks

/// Keeps `STATUS=` in words that a person reads: `1204 live, 3 stuck, payment breaker open`.
struct StatusLine: Service {
    let engine: Engine
    let transport: HTTPTransport
    let webhooks: Webhooks
    let notifier: Notifier

    /// Often enough for `systemctl status`, seldom enough to cost nothing.
    private static let interval = Duration.seconds(10)

    func run() async throws {
        guard notifier.isHeard else { return try await gracefulShutdown() }
        try? await cancelWhenGracefulShutdown {
            var last = ""
            while true {
                try await Task.sleep(for: Self.interval)
                let text = await Self.text(engine, transport, webhooks)
                if text != last { notifier.status(text) }
                last = text
            }
        }
    }

    static func text(_ engine: Engine, _ transport: HTTPTransport, _ webhooks: Webhooks) async -> String {
        guard let status = try? await engine.status() else { return "the store cannot be read" }
        var parts = ["\(status.live.values.reduce(0, +)) live"]
        if let stuck = status.live[.stuck] { parts.append("\(stuck) stuck") }
        if engine.isPaused { parts.append("paused: nothing moves until 'yogictl resume --all'") }
        if let trouble = status.storeTrouble { parts.append(Self.words(trouble)) }
        for participant in transport.status() where participant.refusesCaller {
            parts.append("\(participant.name) does not accept who calls")
        }
        for (name, calls) in status.calls.sorted(by: { $0.key < $1.key }) {
            guard let breaker = calls.breaker, breaker != .closed else { continue }
            let parked = calls.parking.map { ", \($0.calls) calls parked" } ?? ""
            parts.append("\(name) breaker \(breaker.rawValue)\(parked)")
        }
        for webhook in webhooks.shown where webhook.state != .delivering {
            parts.append("the receiver of \(webhook.consumer) is \(webhook.state.rawValue)")
        }
        return parts.joined(separator: ", ")
    }

    private static func words(_ trouble: StoreTrouble) -> String {
        switch trouble.code {
        case "full": "no room on the store's disk: waiting for room, nothing is accepted"
        case "read-only": "the store is read-only: waiting until it may be written, nothing is accepted"
        case "gone": "the store's files are gone: nothing is accepted; see the log"
        default: "the store takes no writes (\(trouble.code)): nothing is accepted"
        }
    }
}
