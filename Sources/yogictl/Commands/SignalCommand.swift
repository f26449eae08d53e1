import ArgumentParser
import ControlAPI
import ControlClient

/// `yogictl signal`.
struct SignalCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "signal",
        abstract: "Sends a signal to a saga and prints what became of it: handled or deferred.",
        discussion: "A refused signal is exit status 1. The same --id gets the first answer again.")

    @Argument(help: "The saga's id, or its first 8 digits or more.")
    var saga: String

    @Argument(help: "The signal's name.")
    var name: String

    @Option(parsing: .unconditional, help: "What the signal says: JSON, @FILE, or - for stdin.")
    var data: String?

    @Option(parsing: .unconditional, help: "The signal's own id, so that it is taken once.")
    var id: String?

    @OptionGroup var waiting: WaitOptions

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let data = try data.map { try JSONSource.value($0, of: "--data") }
        let answer = try await global.daemon { client in
            try await client.signal(saga, name, data: data, id: id, wait: waiting.wish)
        }
        try global.print(answer.json, text: answer.line)
        try waiting.check(answer.saga)
    }
}

extension CommandAnswer {
    /// What became of the command and where the saga is, for a person; the first word is the answer.
    var line: String { "\(answer): \(saga.status) in \(saga.state)".printable + "\n" }
}
