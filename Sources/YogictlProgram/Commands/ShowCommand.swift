import ArgumentParser
import ControlAPI
import ControlClient

/// `yogictl show`.
struct ShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Shows all about one saga.")

    @Argument(help: "The saga's id, its first 8 digits or more, or WORKFLOW:SERIAL.")
    var id: String

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let saga = try await global.daemon { try await $0.show(id) }
        try global.print(saga.json, text: SagaText.sheet(saga, coloured: Output.standard.isColoured))
    }
}
