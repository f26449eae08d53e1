import ArgumentParser
import ControlAPI
import ControlClient
import SagaCore

/// `yogictl signal`.
struct SignalCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "signal",
        abstract: "Sends a signal to a saga and prints what became of it: handled or deferred.",
        discussion: """
            A refused signal is exit status 1. The same --id gets the first answer again. With --workflow and --key instead of \
            an id the signal goes to the live saga of that business key, or is kept for the one that will be started with it.
            """)

    @Argument(help: "The saga's id, its first 8 digits or more, or WORKFLOW:SERIAL; not with --key.")
    var saga: String

    @Argument(help: "The signal's name.")
    var name: String?

    @Option(parsing: .unconditional, help: "The workflow whose saga has the --key.")
    var workflow: String?

    @Option(parsing: .unconditional, help: "The business key of the saga.")
    var key: String?

    @Option(name: .customLong("for"), help: "How long to keep it when there is no saga yet, such as 10m. (default: 1h)")
    var keptFor: String?

    @Option(parsing: .unconditional, help: "What the signal says: JSON, @FILE, or - for stdin.")
    var data: String?

    @Option(parsing: .unconditional, help: "The signal's own id, so that it is taken once.")
    var id: String?

    @OptionGroup var waiting: WaitOptions

    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard (workflow == nil) == (key == nil) else {
            throw ValidationError("--workflow and --key belong together. A key names a saga within a workflow.")
        }
        if key == nil, name == nil { throw ValidationError("Missing expected argument '<name>'") }
        if key == nil, keptFor != nil { throw ValidationError("--for without --key. Only by key a signal is kept.") }
        guard key != nil else { return }
        if name != nil { throw ValidationError("An id with --key. Give the saga's id, or --workflow and --key.") }
        if waiting.wait != nil { throw ValidationError("--wait with --key. There may be no saga yet to wait for.") }
        if let keptFor, DurationText.milliseconds(keptFor) == nil {
            throw ValidationError("--for '\(keptFor.printable)' is no duration. Give one such as 10m or 2h.")
        }
    }

    func run() async throws {
        if let workflow, let key { return try await send(saga, workflow, key) }
        guard let name else { return }
        let data = try data.map { try JSONSource.value($0, of: "--data") }
        let answer = try await global.daemon { client in
            try await client.signal(saga, name, data: data, id: id, wait: waiting.wish)
        }
        try global.print(answer.json, text: answer.line)
        try waiting.check(answer.saga)
    }

    private func send(_ name: String, _ workflow: String, _ key: String) async throws {
        let data = try data.map { try JSONSource.value($0, of: "--data") }
        let answer = try await global.daemon { client in
            try await client.signal(workflow: workflow, key: key, name, data: data, id: id, for: keptFor)
        }
        let text =
            switch answer {
            case .told(let told): told.line
            case .kept(let kept): "kept: until \(kept.until), for the saga of '\(kept.key)'".printable + "\n"
            }
        try global.print(answer.json, text: text)
    }
}

extension CommandAnswer {
    /// What became of the command and where the saga is, for a person; the first word is the answer.
    var line: String { "\(answer): \(saga.status) in \(saga.state)".printable + "\n" }
}
