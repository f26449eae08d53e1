import ArgumentParser
import ControlAPI
import ControlClient

/// `yogictl resume`.
struct ResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Lets a paused saga go on with what was kept.",
        discussion: "Exit status 1 when it is not paused.")

    @Argument(help: "The saga's id, or its first 8 digits or more.")
    var saga: String

    @OptionGroup var options: ActOptions

    func run() async throws {
        try await options.carryOut(.resume, on: saga)
    }
}
