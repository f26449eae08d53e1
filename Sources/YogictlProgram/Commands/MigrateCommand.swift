import ArgumentParser
import ControlAPI
import ControlClient

/// `yogictl migrate`.
struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate", abstract: "Moves live sagas to another version of their workflow.",
        discussion: """
            Each saga moves by itself: when its state exists there and its armed steps still have their undo. Its timers are \
            then those of that version, counted from when its state was entered: one whose time is over fires at once. Those \
            that cannot move stay, are listed with the reason, and make the exit status 1. --check moves none.
            """)

    @Option(help: "The workflow's name.")
    var workflow: String

    @Option(help: "The version that the sagas are of.")
    var from: String

    @Option(help: "The version that they shall go on by; it must be loaded.")
    var to: String

    @Flag(help: "Say which sagas could move, and move none.")
    var check = false

    @Option(parsing: .unconditional, help: "Why, for the history; needed without --check.")
    var reason: String?

    @OptionGroup var global: GlobalOptions

    func validate() throws {
        if !check, reason?.allSatisfy(\.isWhitespace) ?? true {
            throw ValidationError("No --reason. Say why; the history keeps it.")
        }
    }

    func run() async throws {
        let answer = try await global.daemon { client in
            var all = try await client.migrate(workflow, from: from, to: to, check: check, reason: reason)
            while let next = all.next {
                let page = try await client.migrate(
                    workflow, from: from, to: to, check: check, reason: reason, after: next)
                all.sagas += page.sagas
                all.idDigits.grow(to: page.idDigits)
                all.next = page.next
            }
            return all
        }
        try global.print(answer.json, text: Self.text(answer, coloured: Output.standard.isColoured))
        if answer.sagas.contains(where: { !$0.moves }) { throw Failure(.refused, nil) }
    }

    static func text(_ answer: MigrateAnswer, coloured: Bool) -> String {
        let moving = answer.sagas.count { $0.moves }
        let staying = answer.sagas.count - moving
        let verbs = answer.answer == "would" ? ("can move", "cannot") : ("moved", "stayed")
        var text = "\(moving) \(verbs.0), \(staying) \(verbs.1)\n"
        guard !answer.sagas.isEmpty else { return text }
        var table = Table("SAGA", "STATE", "STATUS", "MOVES", "WHY NOT")
        for saga in answer.sagas {
            table.add(
                .init(saga.saga.shortened(to: answer.idDigits)), .init(saga.state),
                .init(saga.status, Paint(status: saga.status)),
                .init(saga.moves ? "yes" : "no", saga.moves ? .green : .red),
                .init(saga.obstacles.joined(separator: "; ")))
        }
        text += "\n" + table.text(coloured: coloured)
        return text
    }
}
