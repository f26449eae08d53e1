import ArgumentParser
import ControlAPI
import ControlClient

/// `yogictl skip`.
struct SkipCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "skip", abstract: "Goes on without a step, or without its compensation.",
        discussion: "What is left of it in the outside world is the operator's to see to.")

    @Argument(help: "The saga's id, its first 8 digits or more, or WORKFLOW:SERIAL.")
    var saga: String

    @Option(parsing: .unconditional, help: "The step: its number, its state, or its call such as payment.charge.")
    var step: String

    @OptionGroup var options: ActOptions

    func run() async throws {
        try await options.carryOut(OperatorWish(.skip, step: step), on: saga)
    }
}
