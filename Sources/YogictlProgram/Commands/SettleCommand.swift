import ArgumentParser
import CEL
import ControlAPI
import ControlClient

/// `yogictl settle`.
struct SettleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "settle", abstract: "Settles a step, or its compensation, by evidence.",
        discussion: """
            For a step whose outcome nobody knows: as succeeded when it took effect, as refused when it did not and never \
            will. A compensation is settled as succeeded once its effect is undone.
            """)

    @Argument(help: "The saga's id, its first 8 digits or more, or WORKFLOW:SERIAL.")
    var saga: String

    @Option(parsing: .unconditional, help: "The step: its number, its state, or its call such as payment.charge.")
    var step: String

    @Option(name: .customLong("as"), help: "What was found out: succeeded or refused.")
    var settlement: Settlement

    @Option(parsing: .unconditional, help: "What the participant would have answered: JSON, @FILE, or - for stdin.")
    var result: String?

    @OptionGroup var options: ActOptions

    enum Settlement: String, ExpressibleByArgument, CaseIterable {
        case succeeded, refused
    }

    func validate() throws {
        if result != nil, settlement == .refused {
            throw ValidationError("--result with --as refused. What was refused has no result.")
        }
    }

    func run() async throws {
        let result = try result.map { try JSONSource.value($0, of: "--result") }
        try await options.carryOut(OperatorWish(.settle, step: step, as: settlement.rawValue, result: result), on: saga)
    }
}
