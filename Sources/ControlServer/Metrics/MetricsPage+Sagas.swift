import SagaCore
import SagaEngine

extension MetricsPage {
    private static let liveStatuses = Status.allCases.filter { !$0.isEnded }

    mutating func addSagas() {
        addLive()
        addOldest()
        var sagas = metrics.sagas
        // A counter that is there from the start on shows its first increase too.
        for name in metrics.workflows { sagas.change(name, new: .init()) { _ in } }
        let all = sagas.all.sorted { $0.key < $1.key } + (sagas.rest.map { [(Self.other, $0)] } ?? [])
        page.counter(
            "yogiyogi_sagas_started", "Sagas that were started.",
            all.map { .init([("workflow", $0.key)], $0.value.started) })
        page.counter(
            "yogiyogi_sagas_ended", "Sagas that ended, by how.",
            all.flatMap { name, counts in
                EngineMetrics.Sagas.endStatuses.map {
                    .init([("workflow", name), ("status", $0.name)], counts.ended($0))
                }
            })
        page.counter(
            "yogiyogi_alarms", "Answers that contradict what was known of their step.",
            all.map { .init([("workflow", $0.key)], $0.value.alarms) })
        let stuck = metrics.stuck.all.sorted { ($0.key.workflow, $0.key.code) < ($1.key.workflow, $1.key.code) }
        page.counter(
            "yogiyogi_sagas_stuck", "How often sagas got stuck, by what at.",
            stuck.map { .init([("workflow", $0.key.workflow), ("code", $0.key.code)], $0.value) }
                + (metrics.stuck.rest.map { [.init([("workflow", Self.other), ("code", Self.other)], $0)] } ?? []))
    }

    private mutating func addLive() {
        var byStatus = Bounded<String, [Status: Int]>(most: EngineMetrics.workflowsMax)
        var byState = Bounded<[String], Int>(most: EngineMetrics.statesMax)
        for name in metrics.workflows { byStatus.change(name, new: [:]) { _ in } }
        for live in (metrics.live ?? []).sorted(by: { ($0.workflow, $0.state) < ($1.workflow, $1.state) }) {
            byStatus.change(live.workflow, new: [:]) { $0[live.status, default: 0] += live.count }
            byState.change([live.workflow, live.state], new: 0) { $0 += live.count }
        }
        let isCounted = metrics.live != nil
        let statuses = byStatus.all.sorted { $0.key < $1.key } + (byStatus.rest.map { [(Self.other, $0)] } ?? [])
        page.gauge(
            "yogiyogi_sagas", "Live sagas, by what they do.",
            (isCounted ? statuses : []).flatMap { name, counts in
                Self.liveStatuses.map { .init([("workflow", name), ("status", $0.name)], counts[$0] ?? 0) }
            })
        page.gauge(
            "yogiyogi_sagas_in_state", "Live sagas, by where they are.",
            byState.all.map { .init([("workflow", $0.key[0]), ("state", $0.key[1])], $0.value) }
                + (byState.rest.map { [.init([("workflow", Self.other), ("state", Self.other)], $0)] } ?? []))
    }

    private mutating func addOldest() {
        var oldest = Bounded<String, Instant>(most: EngineMetrics.workflowsMax)
        for (name, start) in (metrics.oldest ?? [:]).sorted(by: { $0.key < $1.key }) {
            oldest.change(name, new: start) { $0 = min($0, start) }
        }
        let all = oldest.all + (oldest.rest.map { [(Self.other, $0)] } ?? [])
        page.gauge(
            "yogiyogi_oldest_saga_age_seconds", "Time since the oldest live saga was started.",
            all.map { .init([("workflow", $0.key)], max(0, Double(now - $0.value) / 1_000)) })
    }
}
