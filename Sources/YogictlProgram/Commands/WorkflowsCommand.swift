import ArgumentParser
import ControlAPI
import ControlClient

/// `yogictl workflows`.
struct WorkflowsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "workflows",
        abstract: "Lists the workflows that are loaded, and those that live sagas still follow.",
        discussion: """
            CURRENT marks the version that starts get: of those in the folders the highest, with digits that stand together \
            compared as numbers, so that 10 is higher than 9. 'start --version' takes another.
            """)

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let list = try await global.daemon { try await $0.workflows() }
        try global.print(list.json, text: Self.table(list, coloured: Output.standard.isColoured))
    }

    static func table(_ list: WorkflowList, coloured: Bool) -> String {
        guard !list.workflows.isEmpty else { return "no workflows\n" }
        var table = Table("NAME", "VERSION", "CURRENT", "LIVE", "DIGEST", "SUMMARY")
        for workflow in list.workflows {
            table.add(
                .init(workflow.name), .init(workflow.version),
                .init(workflow.current ? "yes" : "no", workflow.current ? .green : .dim),
                .init("\(workflow.liveSagas)"),
                // As many digits as tell versions apart; the JSON has all.
                .init(String(workflow.digest.prefix(12))), .init(workflow.summary))
        }
        return table.text(coloured: coloured)
    }
}
