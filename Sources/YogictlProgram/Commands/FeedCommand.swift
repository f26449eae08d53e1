import ArgumentParser
import CEL
import ControlAPI
import ControlClient

/// `yogictl feed`.
struct FeedCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "feed",
        abstract: "Prints what happened to all sagas, in the order of the commits.",
        discussion: """
            From the beginning, or behind the event whose 'cursor' --after names. Each event is told at least once, those of a saga in \
            order, over restarts of the daemon and restores of the store; where history is no longer there, an event says so. \
            With --follow it goes on with what happens, and waits for a daemon that restarts. In JSON an event is a line: a \
            CloudEvent 1.0.

            With --consumer it goes on behind what that one has acknowledged, with the filter that it was made with ('yogictl feeds \
            add'); --ack acknowledges what was printed. A command behind '--' is run for each event of a saga instead, with the event's \
            JSON as its input and {saga}, {workflow} and {kind} in its arguments replaced; an event is acknowledged when it has ended \
            with 0, and what fails ends this command, so that nothing is passed over:

              yogictl feed --consumer on-stuck --follow --ack -- systemctl start on-stuck@{saga}.service
            """)

    @Option(help: "Go on behind this one: the 'cursor' of an event.")
    var after: String?

    @Flag(help: "Go on with what happens from now on.")
    var follow = false

    @Option(help: "Only of this workflow; may be given again.")
    var workflow: [String] = []

    @Option(help: "Only records of this kind, as histories name them: started, ended, stuck ...; may be given again.")
    var kind: [String] = []

    @Option(help: "Only of this saga: its id, or its first 8 digits or more.")
    var saga: String?

    @Option(help: "As this consumer: by its filter, behind what it has acknowledged.")
    var consumer: String?

    @Flag(help: "Acknowledge what was printed, or done; needs --consumer.")
    var ack = false

    @Argument(parsing: .postTerminator, help: "What is run for each event of a saga, with its arguments.")
    var command: [String] = []

    @OptionGroup var global: GlobalOptions

    func validate() throws {
        if ack, consumer == nil { throw ValidationError("--ack without --consumer. Only a consumer acknowledges.") }
        guard consumer != nil else { return }
        if !workflow.isEmpty || !kind.isEmpty || saga != nil {
            throw ValidationError("--workflow, --kind or --saga with --consumer. A consumer has a filter of its own.")
        }
        if after != nil, ack { throw ValidationError("--after with --ack. What is between would count as taken.") }
    }

    func run() async throws {
        let asked = FeedRequest(after: after, workflows: workflow, kinds: kind, saga: saga, consumer: consumer)
        let isJSON = global.output == .json
        let command = command
        let take = { (event: FeedResource) async throws in
            guard !command.isEmpty else { return try Self.print(event, isJSON) }
            // What the feed says of itself is no saga's: it is for whoever reads the log.
            guard event.subject != nil, event.type.hasPrefix(FeedResource.sagaPrefix) else {
                return try Output.error.line(Self.line(event))
            }
            try await EventProgram(command: command).run(event)
        }
        try await global.daemon { client in
            if let consumer, ack {
                var reader = ConsumerReader(
                    client: client, name: consumer, follows: follow, acksEach: !command.isEmpty, take: take)
                return try await reader.run()
            }
            guard follow else { return try await Self.printAll(asked, client, take) }
            var follower = FeedFollower(client: client, asked: asked, take: take)
            try await follower.run()
        }
    }

    private static func printAll(
        _ asked: FeedRequest, _ client: ControlClient, _ take: (FeedResource) async throws -> Void
    ) async throws {
        var asked = asked
        while true {
            let page = try await client.feed(asked)
            for event in page.events { try await take(event) }
            if page.next == asked.after { return }
            asked.after = page.next
        }
    }

    private static func print(_ event: FeedResource, _ isJSON: Bool) throws {
        if isJSON { try Output.standard.json(event.json) } else { try Output.standard.line(line(event)) }
    }

    /// One event in columns of fixed width, as the rest is not known.
    static func line(_ event: FeedResource) -> String {
        guard let record = try? HistoryResource(json: event.data) else {
            var detail = event.type
            if case .map(let data) = event.data, case .string(let text)? = data["detail"] { detail += ": \(text)" }
            return "\(event.subject.map { "\($0)  " } ?? "")\(detail.printable)"
        }
        let gap = String(repeating: " ", count: max(16 - record.type.columns, 0))
        return "\(record.at.printable)  \((event.subject ?? "").printable)  \((event.workflow ?? "").printable)  "
            + "\(record.type.printable)\(gap)  \(RecordText.detail(record.type, record.fields))"
    }
}
