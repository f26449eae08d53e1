import ArgumentParser
import CEL
import ControlAPI
import ControlClient

/// `yogictl reload`.
struct ReloadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reload",
        abstract: "Has the daemon load its workflows and its configuration again, whole or not at all.",
        discussion: """
            Sagas that run keep the version that they were started with. When anything is wrong, each fault is a line, as \
            'yogictl check' prints it, nothing has changed, and the exit status is 1.
            """)

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        do {
            let answer = try await ControlClient.with(socketPath: global.socketPath) { try await $0.reload() }
            try global.print(answer.json, text: Self.text(answer))
        } catch let error as ClientError {
            if case .problem(let problem) = error, case .list(let lines)? = problem.extensions["diagnostics"] {
                try global.print(problem.json, text: lines.map { $0.shown.printable + "\n" }.joined())
            }
            throw Failure(error)
        }
    }

    static func text(_ answer: ReloadAnswer) -> String {
        var facts = Facts()
        for name in answer.added { facts.add("new", name) }
        for name in answer.retired { facts.add("retired", name) }
        for line in answer.changed { facts.add("changed", line) }
        for line in answer.needsRestart { facts.add("needs a restart", line, .yellow) }
        for line in answer.warnings { facts.add("warning", line, .yellow) }
        let text = facts.text(coloured: Output.standard.isColoured)
        return text.isEmpty ? "reloaded: nothing has changed\n" : "reloaded\n" + text
    }
}
