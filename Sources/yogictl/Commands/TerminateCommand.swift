import ArgumentParser
import ControlAPI
import ControlClient

/// `yogictl terminate`.
struct TerminateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "terminate", abstract: "Ends a saga as it is, and says what it leaves in the outside world.",
        discussion: "Nothing is undone: 'yogictl effects --status terminated' keeps what is left.")

    @Argument(help: "The saga's id, or its first 8 digits or more.")
    var saga: String

    @OptionGroup var options: ActOptions

    func run() async throws {
        try await options.carryOut(.terminate, on: saga)
    }
}
