import ArgumentParser
import ControlClient

/// `yogictl metrics`.
struct MetricsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "metrics",
        abstract: "Prints what the daemon counts, as Prometheus collects it.",
        discussion:
            "The text is that of GET /metrics, also with --output json: it is for collectors, which know no other.")

    @Flag(help: "By OpenMetrics 1.0, in place of Prometheus' text format 0.0.4.")
    var openmetrics = false

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        try Output.standard.write(try await global.daemon { try await $0.metrics(openMetrics: openmetrics) })
    }
}
