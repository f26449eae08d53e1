import ArgumentParser
import CEL
import ControlAPI
import ControlClient

/// `yogictl start`.
struct StartCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "start",
        abstract: "Starts a saga and prints its id.",
        discussion: """
            The id is printed when the start is durable. With --wait also when the time runs out before the saga has got \
            there; the exit status is 5 then. The same --key with the same input is the same saga, however often it is sent.
            """)

    @Argument(help: "The workflow's name.")
    var workflow: String

    @Option(parsing: .unconditional, help: "The workflow's version. (default: the one that is loaded)")
    var version: String?

    @Option(parsing: .unconditional, help: "The input: JSON, @FILE, or - for stdin. (default: {})")
    var input: String?

    @Option(parsing: .unconditional, help: "The business key.")
    var key: String?

    @OptionGroup var waiting: WaitOptions

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let input = try input.map { try JSONSource.value($0, of: "--input") } ?? .map(MapValue())
        let answer = try await global.daemon { client in
            try await client.start(workflow, version: version, key: key, input: input, wait: waiting.wish)
        }
        try global.print(answer.saga.json, text: "\(answer.saga.id)\n")
        try waiting.check(answer.saga)
    }
}
