import ControlAPI
import ControlClient
import SagaCore
import TestPrograms
import Testing

@testable import ControlServer
@testable import SagaEngine

/// `GET /metrics`.
@Suite(.timeLimit(.minutes(30))) struct MetricsTests {
    /// Nothing takes time.
    private struct StillTicker: Ticker {
        func ticks() -> Int64 { 0 }
        func wait(until tick: Int64) async {}
    }

    private static var options: Desk.Options {
        var options = Desk.Options()
        options.limits.inboxMax = 7
        options.ticker = StillTicker()
        options.startedAt = 1_798_797_599_500
        options.watchdog = { .init(interval: 30, margin: 22.5, leastMargin: 21.25) }
        options.webhooks = {
            [.init(consumer: "books", url: "unix:/h", state: .parked, deliveries: [.taken: 7, .unreached: 2])]
        }
        options.process = {
            ProcessFacts(
                cpuSeconds: 1.25, residentBytes: 41_000_000, virtualBytes: 900_000_000, openDescriptors: 17,
                descriptorsMax: 65_536)
        }
        return options
    }

    /// One waits, one is in flight, one was declined and is cancelled; the first was started an hour and a half ago.
    private func play(_ desk: Desk) async throws {
        _ = try await desk.engine.put(consumer: "books", FeedFilter(), from: .start)
        _ = try await desk.start()
        desk.participants.script("payment.charge", .refused(code: "declined", message: ""))
        _ = try await desk.start(wait: "ended")
        desk.advance(milliseconds: 5_400_000)
        desk.participants.hold("payment.charge")
        _ = try await desk.ask("POST /v1/sagas", body: Desk.startBody())
        await desk.participants.called("payment.charge", times: 3)
    }

    /// How large the store is and how often the loop was asked something is not the test's.
    private func masked(_ text: String) -> String {
        text.replacing(/(?m)^(yogiyogi_(store_bytes|store_log_bytes|inputs_total)) [0-9]+$/) { "\($0.output.1) N" }
    }

    @Test func `what is known of an engine is told in Prometheus' text format, to the letter`() async throws {
        try await Desk.open(Self.options) { desk in
            try await play(desk)
            let answer = try await desk.ask("GET /metrics")
            let parts = answer.split(separator: "\n\n", maxSplits: 1)
            #expect(
                parts[0] == "HTTP/1.1 200 OK\nContent-Type: text/plain; version=0.0.4; charset=utf-8\nVary: Accept")
            #expect(masked(String(parts[1])) == MetricsText.prometheus)
        }
    }

    @Test func `OpenMetrics has its own names for counters, when they began, units and an end`() async throws {
        try await Desk.open(Self.options) { desk in
            try await play(desk)
            let answer = try await desk.ask("GET /metrics", ["Accept: application/openmetrics-text; version=1.0.0"])
            let parts = answer.split(separator: "\n\n", maxSplits: 1)
            #expect(parts[0].contains("Content-Type: application/openmetrics-text; version=1.0.0; charset=utf-8"))
            let lines = masked(String(parts[1])).split(separator: "\n", omittingEmptySubsequences: false).map(
                String.init)
            #expect(lines.suffix(2) == ["# EOF", ""])
            for line in [
                "# TYPE yogiyogi_build info", #"yogiyogi_build_info{version="1.2.3"} 1"#,
                "# TYPE yogiyogi_sagas_started counter", #"yogiyogi_sagas_started_total{workflow="order"} 3"#,
                #"yogiyogi_sagas_started_created{workflow="order"} 1798797599.5"#,
                "# UNIT yogiyogi_call_duration_seconds seconds", "# UNIT process_cpu_seconds seconds",
                "process_cpu_seconds_total 1.25", "yogiyogi_commit_orders_created 1798797599.5",
            ] { #expect(lines.contains(line), "\(line)") }
            // But for names, units, times of creation and the end it is the same text.
            let same = lines.filter { !$0.isEmpty && !$0.hasPrefix("# ") && !$0.contains("_created") }
            #expect(
                same == MetricsText.prometheus.split(separator: "\n").map(String.init).filter { !$0.hasPrefix("# ") })
        }
    }

    @Test func `the client reads both, and a parameter is refused`() async throws {
        try await Desk.open(Self.options) { desk in
            try await desk.withClient { client in
                let plain = try await client.metrics()
                let open = try await client.metrics(openMetrics: true)
                #expect(plain.hasPrefix("# HELP yogiyogi_build_info The version that runs.\n"))
                #expect(open.hasSuffix("\n# EOF\n"))
            }
            #expect(try await desk.ask("GET /metrics?x").hasPrefix("HTTP/1.1 400"))
            #expect(try await desk.ask("POST /metrics").hasPrefix("HTTP/1.1 405"))
        }
    }

    @Test func `labels are escaped, and so are words of help`() {
        for format in Exposition.Format.allCases {
            var page = Exposition(format, since: 0)
            page.gauge("g", "a \"b\" \\ c\nd", [.init([("l", "a \"b\" \\ c\r\nd")], 1)])
            let lines = page.finished.split(separator: "\n", omittingEmptySubsequences: false)
            #expect(lines[0] == (format == .text ? #"# HELP g a "b" \\ c\nd"# : #"# HELP g a \"b\" \\ c\nd"#))
            #expect(lines[2] == "g{l=\"a \\\"b\\\" \\\\ c\r\\nd\"} 1")
        }
    }

    @Test func `numbers are written as both formats read them`() {
        var page = Exposition(.text, since: 0)
        page.gauge("g", "h", [0, 1, -2, 0.25, 1e20, .infinity, -.infinity, .nan].map { .init([], $0) })
        let values = page.finished.split(separator: "\n").dropFirst(2).map { $0.dropFirst(2) }
        #expect(values == ["0", "1", "-2", "0.25", "1e+20", "+Inf", "-Inf", "NaN"])
    }

    @Test func `a flood of workflows, states, operations and participants ends in a label of the rest`() async throws {
        try await Desk.open(Self.options) { desk in
            var metrics = await desk.engine.metrics()
            metrics.live = (0..<1_000).map { .init(workflow: "w\($0)", status: .waiting, state: "s", count: 1) }
            metrics.live? += (0..<1_000).map { .init(workflow: "order", status: .stuck, state: "s\($0)", count: 1) }
            metrics.oldest = Dictionary(uniqueKeysWithValues: (0..<1_000).map { ("w\($0)", desk.clock.now()) })
            metrics.workflows = (0..<1_000).map { "w\($0)" }
            metrics.participants = Dictionary(
                uniqueKeysWithValues: (0..<1_000).map { ("p\($0)", .init(inFlight: 1, queued: 0)) })
            var facts = ControlFacts(version: "1", startedAt: 0)
            facts.participants = { (0..<1_000).map { .init(name: "p\($0)", url: "unix:/p", breaker: "closed") } }
            let text = MetricsPage.text(metrics, facts, as: .text, at: desk.clock.now())
            let lines = text.split(separator: "\n")
            #expect(lines.contains(#"yogiyogi_sagas_in_state{workflow="other",state="other"} 1744"#))
            #expect(lines.contains(#"yogiyogi_calls_in_flight{participant="other"} 936"#))
            let waiting = lines.filter { $0.hasPrefix("yogiyogi_sagas{") && $0.contains(#"status="waiting""#) }
            #expect(waiting.count == EngineMetrics.workflowsMax + 1)
            #expect(waiting.compactMap { Int($0.split(separator: " ").last ?? "") }.reduce(0, +) == 1_000)
            for family in ["yogiyogi_sagas_started_total", "yogiyogi_oldest_saga_age_seconds"] {
                let count = lines.count { $0.hasPrefix(family + "{") }
                #expect(count == EngineMetrics.workflowsMax + 1, "\(family)")
            }
            #expect(lines.count < 3_000)
        }
    }

    @Test func `a process knows what it uses`() {
        let facts = ProcessFacts.now
        #expect(facts.cpuSeconds > 0)
        #expect(facts.residentBytes > 1 << 20)
        #expect(facts.virtualBytes >= facts.residentBytes)
        #expect((4...facts.descriptorsMax).contains(facts.openDescriptors))
    }
}
