import ArgumentParser
import ControlAPI
import ControlClient

/// `yogictl resume`.
struct ResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Lets a paused saga go on with what was kept, or a daemon that was started paused.",
        discussion: "Exit status 1 when the saga is not paused.")

    @Argument(help: "The saga's id, or its first 8 digits or more.")
    var saga: String?

    @Flag(help: "The daemon that was started with --paused: everything goes on.")
    var all = false

    @OptionGroup var options: ActOptions

    func validate() throws {
        if all, saga != nil { throw ValidationError("--all with a saga. Say one saga, or --all for the daemon.") }
        if !all, saga == nil { throw ValidationError("Missing expected argument '<saga>'") }
        if all, options.dryRun || options.waiting.wait != nil {
            throw ValidationError("--dry-run and --wait are for one saga. Leave them out with --all.")
        }
    }

    func run() async throws {
        if let saga { return try await options.carryOut(.resume, on: saga) }
        let answer = try await options.global.daemon { try await $0.resumeAll(reason: options.reason) }
        let text = answer.answer == "resumed" ? "resumed: everything goes on" : "\(answer.answer): nothing was paused"
        try options.global.print(answer.json, text: text.printable + "\n")
    }
}
