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

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let asked = FeedRequest(after: after, workflows: workflow, kinds: kind, saga: saga)
        let isJSON = global.output == .json
        try await global.daemon { client in
            guard follow else { return try await Self.printAll(asked, client, isJSON) }
            var follower = FeedFollower(client: client, asked: asked) { try Self.print($0, isJSON) }
            try await follower.run()
        }
    }

    private static func printAll(_ asked: FeedRequest, _ client: ControlClient, _ isJSON: Bool) async throws {
        var asked = asked
        while true {
            let page = try await client.feed(asked)
            for event in page.events { try print(event, isJSON) }
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

/// Follows the feed over restarts of the daemon.
struct FeedFollower {
    let client: ControlClient
    var asked: FeedRequest
    let take: (FeedResource) throws -> Void

    /// How often and how far apart a daemon that has gone away is looked for: half a minute, the time a restart takes.
    private static let triesMax = 60
    private static let pause = Swift.Duration.milliseconds(500)

    /// Comes back never, but by an error.
    mutating func run() async throws {
        var (tries, isMet) = (0, false)
        while true {
            do {
                let events = try await client.followFeed(asked)
                (tries, isMet) = (0, true)
                for try await event in events {
                    try take(event)
                    asked.after = event.cursor
                }
            } catch let error as ClientError where error.isPassing && isMet {
                tries += 1
                guard tries < Self.triesMax else { throw error }
            }
            try await Task.sleep(for: Self.pause)
        }
    }
}
