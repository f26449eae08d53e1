import ArgumentParser
import ControlAPI
import ControlClient

/// `yogictl resume`.
struct ResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Lets a paused saga go on with what was kept, or a daemon that was started paused.",
        discussion: "--all: the daemon that was started with --paused. Exit status 1 when the saga is not paused.")

    @OptionGroup var bulk: BulkOptions

    func run() async throws {
        guard bulk.everything else { return try await bulk.carryOut(OperatorWish(.resume)) }
        let options = bulk.options
        let answer = try await options.global.daemon { try await $0.resumeAll(reason: options.reason) }
        let text = answer.answer == "resumed" ? "resumed: everything goes on" : "\(answer.answer): nothing was paused"
        try options.global.print(answer.json, text: text.printable + "\n")
    }
}
