import ArgumentParser
import CEL
import ControlAPI
import ControlClient

/// `yogictl feeds`.
struct FeedsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "feeds",
        abstract: "Lists those who are told what happens under a name, and how far each has come.",
        subcommands: [
            ListFeedsCommand.self, AddFeedCommand.self, AcknowledgeFeedCommand.self, MoveFeedCommand.self,
            RemoveFeedCommand.self,
        ], defaultSubcommand: ListFeedsCommand.self)
}

/// `yogictl feeds list`.
struct ListFeedsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists those who are told what happens under a name.")

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let list = try await global.daemon { try await $0.consumers() }
        try global.print(list.json, text: Self.table(list.consumers, coloured: Output.standard.isColoured))
        for name in list.unreadable {
            try Output.error.line("'\(name)' does not read: yogictl feeds remove \(name)".printable)
        }
    }

    static func table(_ consumers: [ConsumerResource], coloured: Bool) -> String {
        guard !consumers.isEmpty else { return "nobody is told under a name; 'yogictl feeds add NAME' makes one\n" }
        var table = Table("CONSUMER", "BEHIND", "SINCE", "TOLD", "STATE", "AT", "LAST ERROR")
        for one in consumers {
            let told = one.workflows + one.kinds
            let isWell = one.webhook.map { $0.state == "delivering" } ?? true
            table.add(
                .init(one.name), .init("\(one.behind)"), .init(one.since ?? "-"),
                .init(told.isEmpty ? "all" : told.joined(separator: ",")),
                .init(one.webhook?.state ?? "asks", isWell ? .green : .red), .init(one.webhook?.url ?? "-"),
                .init(one.webhook?.error ?? "-"))
        }
        return table.text(coloured: coloured)
    }
}

/// Where a consumer begins.
struct FeedPlaceOptions: ParsableArguments {
    @Option(help: "Begin with what happens from 'now' on, or at the 'start' of what is kept.")
    var from: Beginning?

    @Option(help: "Begin behind this event: its 'cursor'.")
    var after: String?

    enum Beginning: String, ExpressibleByArgument, CaseIterable {
        case now, start
    }

    func validate() throws {
        if from != nil, after != nil { throw ValidationError("--from with --after. One of them says where.") }
    }

    var place: ConsumerPlace? {
        if let after { return .after(after) }
        return from.map { $0 == .now ? .now : .start }
    }
}

/// `yogictl feeds add`.
struct AddFeedCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Makes a name under which somebody is told what happens, or gives it another filter.",
        discussion: """
            How far it has come is kept by the daemon: 'yogictl feed --consumer NAME' goes on behind what was acknowledged. What \
            retention takes away before that is told as missing. --from and --after count when it is made; now, unless told otherwise.
            """)

    @Argument(help: "1 to 64 letters, digits, '-', '_' and '.'.")
    var name: String

    @OptionGroup var begin: FeedPlaceOptions

    @Option(help: "Only of this workflow; may be given again.")
    var workflow: [String] = []

    @Option(help: "Only records of this kind, as histories name them: started, ended, stuck ...; may be given again.")
    var kind: [String] = []

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let (consumer, isNew) = try await global.daemon { client in
            try await client.putConsumer(name, workflows: workflow, kinds: kind, from: begin.place ?? .now)
        }
        try global.print(
            consumer.json,
            text: "\(consumer.name) \(isNew ? "is new" : "was there"), at \(consumer.cursor)".printable + "\n")
    }
}

/// `yogictl feeds ack`.
struct AcknowledgeFeedCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ack", abstract: "Says that a consumer has taken all up to an event.",
        discussion: "It goes forward only; 'yogictl feeds move' goes back. Exit status 1 when it cannot go there.")

    @Argument(help: "Its name.")
    var name: String

    @Argument(help: "The 'cursor' of the last event that was taken.")
    var cursor: String

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let consumer = try await global.daemon { try await $0.acknowledge(cursor, for: name) }
        try global.print(consumer.json, text: "\(consumer.name) is at \(consumer.cursor)".printable + "\n")
    }
}

/// `yogictl feeds move`.
struct MoveFeedCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "move", abstract: "Moves a consumer back, to be told again, or forth, to be told less.")

    @Argument(help: "Its name.")
    var name: String

    @OptionGroup var to: FeedPlaceOptions

    @Option(parsing: .unconditional, help: "Why, for the log.")
    var reason: String

    @OptionGroup var global: GlobalOptions

    func validate() throws {
        if to.place == nil { throw ValidationError("Neither --from nor --after. Say where it goes on.") }
    }

    func run() async throws {
        guard let place = to.place else { return }
        let consumer = try await global.daemon { try await $0.moveConsumer(name, to: place, reason: reason) }
        try global.print(consumer.json, text: "\(consumer.name) is at \(consumer.cursor)".printable + "\n")
    }
}

/// `yogictl feeds remove`.
struct RemoveFeedCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Forgets a consumer, and how far it had come.")

    @Argument(help: "Its name.")
    var name: String

    @Option(parsing: .unconditional, help: "Why, for the log.")
    var reason: String

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        try await global.daemon { try await $0.removeConsumer(name, reason: reason) }
        try Output.error.line("\(name) is removed".printable)
    }
}
