import SagaCore
import SagaEngine

extension MetricsPage {
    /// Of consumers there are ``Engine/consumersMax`` at most, and so of their labels.
    mutating func addFeeds() {
        let consumers = metrics.consumers.prefix(Engine.consumersMax)
        page.gauge(
            "yogiyogi_consumer_behind_commits",
            "Commits that a consumer of the feed has not taken, with those that its filter leaves out.",
            consumers.map { .init([("consumer", $0.consumer.name)], Int($0.behind)) })
        page.gauge(
            "yogiyogi_consumer_behind_seconds", "How long ago the first of them was; 0 when there is none.",
            consumers.map { state in
                let age = state.oldest.map { max(0, now - $0) } ?? 0
                return .init([("consumer", state.consumer.name)], Double(age) / 1_000)
            })
        let webhooks = facts.webhooks().prefix(Engine.consumersMax)
        page.gauge(
            "yogiyogi_webhook_parked", "1 while a receiver takes nothing of what it is told.",
            webhooks.map { .init([("consumer", $0.consumer)], $0.state == .delivering ? 0 : 1) })
        page.counter(
            "yogiyogi_webhook_deliveries", "Batches that were sent to receivers, by what came of them.",
            webhooks.flatMap { webhook in
                ControlFacts.Webhook.DeliveryOutcome.allCases.map {
                    .init(
                        [("consumer", webhook.consumer), ("outcome", $0.rawValue)],
                        webhook.deliveries[$0, default: 0])
                }
            })
    }
}
