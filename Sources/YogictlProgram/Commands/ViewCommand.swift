import ArgumentParser
import CEL
import ControlAPI
import ControlClient

/// `yogictl view`.
struct ViewCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "view",
        abstract: "Shows the rows of a view, newest saga first, or rebuilds them.",
        subcommands: [ShowViewCommand.self, RebuildViewCommand.self], defaultSubcommand: ShowViewCommand.self)
}

/// `yogictl view NAME`.
struct ShowViewCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Shows the rows of a view, newest saga first.")

    @Argument(help: "The view's name.")
    var name: String

    @Option(parsing: .unconditional, help: "Only rows with this key.")
    var key: String?

    @OptionGroup var paging: PagingOptions

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let page = try await global.daemon { client in
            var list = try await client.view(name, key: key, limit: paging.limit, after: paging.after)
            while paging.all, let next = list.next {
                let page = try await client.view(name, key: key, limit: paging.limit, after: next)
                list.rows += page.rows
                list.idDigits.grow(to: page.idDigits)
                list.next = page.next
            }
            return list
        }
        try global.print(page.json, text: Self.table(page, coloured: Output.standard.isColoured))
        if global.output == .table, page.next != nil { try paging.sayMore("rows") }
        if global.output == .table, page.older {
            try Output.error.line("Some rows may be as the view was before it changed: yogictl view rebuild \(name)")
        }
    }

    /// A column for each member that any row has, in the order in which they first come.
    static func table(_ page: ViewList, coloured: Bool) -> String {
        guard !page.rows.isEmpty else { return "no rows\n" }
        var names: [String] = []
        for row in page.rows where !isFailed(row.row) {
            for entry in row.row.mapValue?.entries ?? [] where !names.contains(entry.key.shown) {
                names.append(entry.key.shown)
            }
        }
        var table = Table(["KEY"] + (names.isEmpty ? ["ROW"] : names.map { $0.uppercased() }) + ["SAGA"])
        for row in page.rows {
            let cells =
                names.isEmpty || isFailed(row.row) ? [cell(row.row)] : names.map { row.row[$0].map(cell) ?? "-" }
            table.add(([row.key] + cells + [row.saga.shortened(to: page.idDigits)]).map { Table.Cell($0) })
        }
        return table.text(coloured: coloured)
    }

    /// What failed says so; all else as it is.
    private static func cell(_ value: Value) -> String {
        isFailed(value) ? "failed: \(value["failed"]?.stringValue ?? "")" : value.shown
    }

    /// Whether the daemon could not compute it: `{"failed": "why"}`.
    private static func isFailed(_ value: Value) -> Bool {
        value.mapValue?.count == 1 && value["failed"]?.stringValue != nil
    }
}

/// `yogictl view rebuild NAME`.
struct RebuildViewCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rebuild",
        abstract: "Writes the rows of a view anew, by its present definition.",
        discussion: """
            For a view that another version of its workflow has changed. The daemon does it in small steps beside all else, and goes on \
            with it after a restart; 'yogictl status' says how far it is.
            """)

    @Argument(help: "The view's name.")
    var name: String

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let state = try await global.daemon { try await $0.rebuild(view: name) }
        let progress = state.progress.map { ": \($0.done) of \($0.total) sagas are done" } ?? ""
        try global.print(state.json, text: "\(state.name) is rebuilt\(progress)".printable + "\n")
    }
}
