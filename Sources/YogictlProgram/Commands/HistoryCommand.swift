import ArgumentParser
import CEL
import ControlAPI
import ControlClient

/// `yogictl history`.
struct HistoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "Shows what happened to a saga, in order.",
        discussion:
            "With --follow each record is a line as it comes, until the saga ends; in JSON one resource a line. "
            + "A daemon that restarts is waited for."
    )

    @Argument(help: "The saga's id, its first 8 digits or more, or WORKFLOW:SERIAL.")
    var id: String

    @Flag(help: "Go on with what happens from now on, until the saga ends.")
    var follow = false

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        guard follow else {
            let history = try await global.daemon { client in
                var whole = try await client.history(id)
                while let next = whole.next {
                    let page = try await client.history(whole.saga, after: next)
                    whole.entries += page.entries
                    whole.next = page.next
                }
                return whole
            }
            let text = HistoryText.table(history.entries, coloured: Output.standard.isColoured)
            return try global.print(history.json, text: text)
        }
        let roll = Roll(output: .standard, isJSON: global.output == .json)
        try await global.daemon { client in
            var watch = Watch(client: client, saga: id, drawing: roll)
            try await watch.run()
        }
    }
}

/// Records of a history for people.
enum HistoryText {
    static func table(_ records: [HistoryResource], coloured: Bool) -> String {
        var table = Table("#", "AT", "RECORD", "DETAIL")
        for record in records {
            table.add(
                .init("\(record.number)"), .init(record.at), .init(record.type, paint(record)),
                .init(RecordText.detail(record.type, record.fields)))
        }
        return table.text(coloured: coloured)
    }

    /// One record in columns of fixed width, as the rest is not known yet.
    static func line(_ record: HistoryResource, coloured: Bool) -> String {
        let number = String(repeating: " ", count: max(3 - "\(record.number)".count, 0)) + "\(record.number)"
        let type = record.type.printable
        // `cancel-requested` is the longest word.
        let gap = String(repeating: " ", count: max(16 - type.columns, 0))
        let detail = RecordText.detail(record.type, record.fields)
        return "\(number)  \(record.at.printable)  " + paint(record).applied(to: type, if: coloured)
            + (detail.isEmpty ? "" : "\(gap)  \(detail)")
    }

    private static func paint(_ record: HistoryResource) -> Paint {
        switch record.type {
        case "ended": Paint(status: record.fields["status"]?.shown ?? "")
        case "entered": .bold
        case "succeeded": .green
        case "refused", "stuck": .red
        case "unanswered", "late", "called-back", "cancel-requested", "undoing": .yellow
        default: .plain
        }
    }
}
