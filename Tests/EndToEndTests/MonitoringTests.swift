import CEL
import Foundation
import TestPrograms
import Testing

/// What ships for Prometheus and Grafana (`systemd/examples`) fits what a daemon serves.
@Suite(.timeLimit(.minutes(30))) struct MonitoringTests {
    private static let examples = Programs.root() + "/systemd/examples/"

    @Test(arguments: [
        ["test", "rules", "yogiyogi.rules.test.yml"],
        ["check", "rules", "--lint=all", "--lint-fatal", "yogiyogi.rules.yml"],
        ["check", "config", "--syntax-only", "prometheus.yml"],
    ]) func `promtool is content with the rules, their tests and the configuration`(arguments: [String]) async throws {
        var arguments = arguments
        arguments.append(Self.examples + arguments.removeLast())
        let run = try await Promtool.run(arguments)
        #expect(run.status == 0, "\(run)")
        #expect((run.output + run.errors).contains("SUCCESS"))
    }

    @Test func `each alert has a test`() throws {
        let rules = try String(contentsOfFile: Self.examples + "yogiyogi.rules.yml", encoding: .utf8)
        let tests = try String(contentsOfFile: Self.examples + "yogiyogi.rules.test.yml", encoding: .utf8)
        let alerts = rules.matches(of: /- alert: ([A-Za-z]+)/).map { String($0.output.1) }
        #expect(alerts.count >= 10)
        for alert in alerts { #expect(tests.contains(alert), "\(alert)") }
    }

    /// A daemon that a watchdog looks after serves all that there is.
    @Test func `dashboard and rules ask for nothing that is not served`() async throws {
        let hotel = try await Hotel()
        #expect(await hotel.daemon.terminate() == 0)
        try await hotel.daemon.start(environment: ["WATCHDOG_USEC": "600000000"])
        let page = try await Programs.run("yogictl", ["--socket", hotel.socket, "metrics"]).output
        var served: Set<String> = []
        for match in page.matches(of: /(?m)^# TYPE ([a-z_]+) ([a-z]+)$/) {
            let name = String(match.output.1)
            let ends = match.output.2 == "histogram" ? ["", "_bucket", "_sum", "_count"] : [""]
            served.formUnion(ends.map { name + $0 })
        }
        #expect(served.contains("yogiyogi_watchdog_least_margin_seconds"))
        for file in ["yogiyogi.grafana.json", "yogiyogi.rules.yml", "yogiyogi.rules.test.yml"] {
            let text = try String(contentsOfFile: Self.examples + file, encoding: .utf8)
            let asked = Set(text.matches(of: /\b(?:yogiyogi|process)_[a-z_]+/).map { String($0.output) })
            #expect(asked.count > 10)
            #expect(asked.subtracting(served) == [], "\(file)")
        }
        // And the other way round: what is served is worth a place on the dashboard.
        let dashboard = try String(contentsOfFile: Self.examples + "yogiyogi.grafana.json", encoding: .utf8)
        let unshown = served.filter { name in
            !["_sum", "_count", "_bucket"].contains(where: name.hasSuffix) && !dashboard.contains(name)
        }
        #expect(
            unshown.sorted() == [
                "process_virtual_memory_bytes", "yogiyogi_paused", "yogiyogi_watchdog_interval_seconds",
            ])
    }

    @Test func `the dashboard is JSON whose panels have queries and places of their own`() throws {
        let text = try String(contentsOfFile: Self.examples + "yogiyogi.grafana.json", encoding: .utf8)
        guard case .map(let dashboard) = try JSON.parse(Array(text.utf8)), case .list(let panels)? = dashboard["panels"]
        else {
            Issue.record("no dashboard")
            return
        }
        var taken: Set<[Int64]> = []
        for case .map(let panel) in panels {
            guard case .map(let grid)? = panel["gridPos"], case .int(let x)? = grid["x"], case .int(let y)? = grid["y"],
                case .int(let width)? = grid["w"], case .int(let height)? = grid["h"]
            else {
                Issue.record("a panel without a place")
                continue
            }
            #expect(x + width <= 24)
            for column in x..<(x + width) {
                for line in y..<(y + height) { #expect(taken.insert([column, line]).inserted, "\(column), \(line)") }
            }
            if panel["type"] == .string("row") { continue }
            guard case .list(let targets)? = panel["targets"] else { continue }
            #expect(!targets.isEmpty)
        }
        #expect(panels.count > 20)
    }
}
