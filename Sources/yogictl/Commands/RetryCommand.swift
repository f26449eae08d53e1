import ArgumentParser
import ControlAPI
import ControlClient

/// `yogictl retry`.
struct RetryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry", abstract: "Lets a stuck saga go on, or makes the next attempt now.",
        discussion: "Exit status 1 when there is nothing to retry; --dry-run says what would happen.")

    @Argument(help: "The saga's id, or its first 8 digits or more.")
    var saga: String

    @OptionGroup var options: ActOptions

    func run() async throws {
        try await options.carryOut(.retry, on: saga)
    }
}
