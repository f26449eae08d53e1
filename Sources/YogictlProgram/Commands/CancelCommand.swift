import ArgumentParser
import ControlAPI
import ControlClient

/// `yogictl cancel`.
struct CancelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel",
        abstract: "Cancels a saga and prints what became of it: accepted, deferred or already.",
        discussion: """
            The saga undoes what it did before it is cancelled; --wait ended waits for that. Exit status 1 when it is too \
            late.
            """)

    @Argument(help: "The saga's id, its first 8 digits or more, or WORKFLOW:SERIAL.")
    var saga: String

    @Option(parsing: .unconditional, help: "Why, for the history.")
    var reason: String?

    @OptionGroup var waiting: WaitOptions

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let answer = try await global.daemon { client in
            try await client.cancel(saga, reason: reason, wait: waiting.wish)
        }
        try global.print(answer.json, text: answer.line)
        try waiting.check(answer.saga)
    }
}
