import ArgumentParser
import ControlClient

/// `yogictl resume`.
struct ResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Lets a paused saga go on with what was kept.",
        discussion: "Exit status 1 when it is not paused.")

    @OptionGroup var bulk: BulkOptions

    func run() async throws {
        try await bulk.carryOut(.resume, act: "resume")
    }
}
