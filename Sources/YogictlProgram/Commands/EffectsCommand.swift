import ArgumentParser
import ControlAPI
import ControlClient

/// `yogictl effects`.
struct EffectsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "effects",
        abstract: "Lists everything in the outside world that is armed, unknown or being undone.",
        discussion: "Of live sagas, and of terminated ones that left something; newest saga first.")

    @Option(help: "Only effects of this participant.")
    var participant: String?

    @Option(help: "Only effects of sagas with this status; terminated shows what operators left behind.")
    var status: String?

    @Option(help: "Only effects of which this is known: succeeded, unknown, 'in flight' or undoing.")
    var outcome: String?

    @OptionGroup var paging: PagingOptions

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let page = try await global.daemon { client in
            var list = try await client.effects(
                participant: participant, status: status, outcome: outcome, limit: paging.limit, after: paging.after)
            while paging.all, let next = list.next {
                let page = try await client.effects(
                    participant: participant, status: status, outcome: outcome, limit: paging.limit, after: next)
                list.effects += page.effects
                list.idDigits.grow(to: page.idDigits)
                list.next = page.next
            }
            return list
        }
        let text = TroubleText.effects(page.effects, idDigits: page.idDigits, coloured: Output.standard.isColoured)
        try global.print(page.json, text: text)
        if global.output == .table, page.next != nil { try paging.sayMore("effects") }
    }
}
