import SagaCore
import SagaEngine

/// `GET /metrics`: all that is counted, with its names. What labels come from is bounded: what is too much is counted as `other`.
struct MetricsPage {
    let metrics: EngineMetrics
    let facts: ControlFacts
    let now: Instant
    var page: Exposition

    static let other = "other"

    init(_ metrics: EngineMetrics, _ facts: ControlFacts, as format: Exposition.Format, at now: Instant) {
        self.metrics = metrics
        self.facts = facts
        self.now = now
        page = Exposition(format, since: facts.startedAt)
    }

    static func text(
        _ metrics: EngineMetrics, _ facts: ControlFacts, as format: Exposition.Format, at now: Instant
    ) -> String {
        var page = MetricsPage(metrics, facts, as: format, at: now)
        page.page.info("yogiyogi_build", "The version that runs.", [("version", facts.version)])
        page.addSagas()
        page.addCalls()
        page.addLoop()
        page.addStore()
        page.addFeeds()
        page.addWatch()
        page.addProcess()
        return page.page.finished
    }

    private mutating func addLoop() {
        page.counter("yogiyogi_inputs", "Orders and chores that the loop took.", [.init([], metrics.inputs)])
        page.gauge(
            "yogiyogi_inbox_orders", "Orders and chores that wait to be taken.", [.init([], metrics.inbox.waiting)])
        page.gauge("yogiyogi_inbox_orders_max", "Commands that may wait.", [.init([], metrics.inbox.most)])
        page.counter(
            "yogiyogi_commands_refused", "Commands that were turned away as too many waited (429).",
            [.init([], metrics.refused)])
        page.gauge(
            "yogiyogi_waits", "Requests whose answer waits until their saga has got somewhere.",
            [.init([], metrics.waits)])
        page.histogram(
            "yogiyogi_timer_lateness_seconds", "How late timers came after they were due.", [([], metrics.lateness)])
        page.gauge(
            "yogiyogi_paused", "1 while nothing moves until it is resumed.", [.init([], metrics.isPaused ? 1 : 0)])
    }

    private mutating func addStore() {
        page.counter("yogiyogi_commits", "Commits of what orders came to.", [.init([], metrics.commits)])
        page.histogram(
            "yogiyogi_commit_duration_seconds", "How long commits took, from their first row on.",
            [([], metrics.commit)])
        page.histogram(
            "yogiyogi_sync_duration_seconds",
            "How long it took to make them durable: the COMMIT alone, with its fsync.",
            [([], metrics.sync)])
        page.histogram("yogiyogi_commit_orders", "Orders in a commit.", [([], metrics.orders)])
        page.gauge(
            "yogiyogi_store_bytes", "Size of the store's pages.", metrics.storeBytes.map { [.init([], Int($0))] } ?? [])
        page.gauge(
            "yogiyogi_store_log_bytes", "Size of the store's write-ahead log.", [.init([], Int(metrics.logBytes))])
        page.gauge(
            "yogiyogi_store_writable", "0 while the store takes no writes.", [.init([], metrics.isWritable ? 1 : 0)])
        page.counter(
            "yogiyogi_pruned_sagas", "Ended sagas that retention took away.", [.init([], metrics.pruned.sagas)])
    }

    private mutating func addWatch() {
        page.counter(
            "yogiyogi_log_dropped", "Entries of the log that were lost as the journal did not keep up.",
            [.init([], facts.logDropped())])
        guard let watchdog = facts.watchdog() else { return }
        page.gauge(
            "yogiyogi_watchdog_interval_seconds", "Time after which systemd ends a process that is not fed.",
            [.init([], watchdog.interval)])
        page.gauge(
            "yogiyogi_watchdog_margin_seconds", "What is left of it now.", [.init([], watchdog.margin)])
        page.gauge(
            "yogiyogi_watchdog_least_margin_seconds", "The least that was left whenever the watchdog was fed.",
            [.init([], watchdog.leastMargin)])
    }

    /// By the names that client libraries have agreed on.
    private mutating func addProcess() {
        let process = facts.process()
        page.counter(
            "process_cpu_seconds", "Total user and system CPU time spent in seconds.", [.init([], process.cpuSeconds)])
        page.gauge(
            "process_resident_memory_bytes", "Resident memory size in bytes.", [.init([], process.residentBytes)])
        page.gauge("process_virtual_memory_bytes", "Virtual memory size in bytes.", [.init([], process.virtualBytes)])
        page.gauge("process_open_fds", "Number of open file descriptors.", [.init([], process.openDescriptors)])
        page.gauge("process_max_fds", "Maximum number of open file descriptors.", [.init([], process.descriptorsMax)])
        page.gauge(
            "process_start_time_seconds", "Start time of the process since unix epoch in seconds.",
            [.init([], Double(facts.startedAt) / 1_000)])
    }
}
