import ArgumentParser
import ControlAPI
import ControlClient

/// `yogictl list`.
struct ListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists sagas, newest first.")

    @Option(help: "Only sagas of this workflow.")
    var workflow: String?

    @Option(help: "Only the saga with this serial, of each workflow or of the one that is named.")
    var serial: Int?

    @Option(help: "Only sagas in this state.")
    var state: String?

    @Option(
        help: """
            Only sagas with this status: running, waiting, cancelling, compensating, stuck, paused, succeeded, cancelled or \
            terminated.
            """)
    var status: String?

    @Option(
        name: .customLong("where"), help: "Only sagas with this attribute, as name=value; all that are given must fit.")
    var attributes: [AttributeArgument] = []

    @Flag(help: "Only sagas with alarms: late answers that contradict what the saga knows, also long after its end.")
    var alarms = false

    @OptionGroup var paging: PagingOptions

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let filter = ListFilter(
            workflow: workflow, serial: serial, state: state, status: status,
            attributes: attributes.map { ListFilter.Attribute(name: $0.name, value: $0.value) }, withAlarms: alarms)
        let page = try await global.daemon { client in
            var list = try await client.list(filter, limit: paging.limit, after: paging.after)
            while paging.all, let next = list.next {
                let page = try await client.list(filter, limit: paging.limit, after: next)
                list.sagas += page.sagas
                list.idDigits.grow(to: page.idDigits)
                list.next = page.next
            }
            return list
        }
        try global.print(page.json, text: text(of: page, coloured: Output.standard.isColoured))
        if global.output == .table, page.next != nil { try paging.sayMore("sagas") }
    }

    private func text(of page: SagaList, coloured: Bool) -> String {
        let (sagas, digits) = (page.sagas, page.idDigits)
        if alarms { return TroubleText.alarms(sagas, idDigits: digits, coloured: coloured) }
        if status == "stuck" { return TroubleText.stuck(sagas, idDigits: digits, coloured: coloured) }
        return SagaText.table(sagas, idDigits: digits, coloured: coloured)
    }
}

/// `name=value`.
struct AttributeArgument: ExpressibleByArgument {
    var name: String
    var value: String

    init?(argument: String) {
        guard let sign = argument.firstIndex(of: "="), sign > argument.startIndex else { return nil }
        name = String(argument[..<sign])
        value = String(argument[argument.index(after: sign)...])
    }
}
