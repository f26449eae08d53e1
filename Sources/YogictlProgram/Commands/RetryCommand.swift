import ArgumentParser
import ControlAPI
import ControlClient

/// `yogictl retry`.
struct RetryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry", abstract: "Lets a stuck saga go on, or makes the next attempt now.",
        discussion: """
            A call which may have taken effect at a participant that knows no keys ('unknown: ask') is sent again only when --step \
            names it; better settle it by what you find there. Exit status 1 when there is nothing to retry; --dry-run says what \
            would happen.
            """)

    @Option(
        parsing: .unconditional,
        help: "The step that may be sent twice: its number, its state, or its call such as payment.charge.")
    var step: String?

    @OptionGroup var bulk: BulkOptions

    func validate() throws {
        if step != nil, bulk.saga == nil {
            throw ValidationError("--step with many sagas. Name one saga: what may be sent twice is seen one by one.")
        }
    }

    func run() async throws {
        try await bulk.carryOut(OperatorWish(.retry, step: step))
    }
}
