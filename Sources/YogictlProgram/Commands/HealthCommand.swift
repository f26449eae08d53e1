import ArgumentParser
import ControlAPI
import ControlClient

/// `yogictl health`.
struct HealthCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "health", abstract: "Tells whether the daemon makes progress; exit status 1 when it does not.")

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let health = try await global.daemon { try await $0.health() }
        let word = health.healthy ? "healthy" : "unhealthy"
        try global.print(health.json, text: "\(word): \(health.detail.printable)\n")
        if !health.healthy { throw Failure(.refused, nil) }
    }
}
