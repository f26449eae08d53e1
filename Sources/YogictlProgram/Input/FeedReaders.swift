import ControlAPI
import ControlClient

/// How long a daemon that has gone away is looked for: half a minute, the time a restart takes.
private struct Comeback {
    private var tries = 0
    private var isMet = false

    private static let triesMax = 60
    private static let pause = Swift.Duration.milliseconds(500)

    mutating func met() { (tries, isMet) = (0, true) }

    /// - Throws: what went wrong, when it is no use to try again.
    mutating func failed(_ error: ClientError) throws {
        tries += 1
        guard error.isPassing, isMet, tries < Self.triesMax else { throw error }
    }

    func wait() async throws { try await Task.sleep(for: Self.pause) }
}

/// Follows the feed over restarts of the daemon.
struct FeedFollower {
    let client: ControlClient
    var asked: FeedRequest
    let take: (FeedResource) async throws -> Void

    /// Comes back never, but by an error.
    mutating func run() async throws {
        var comeback = Comeback()
        while true {
            do {
                let events = try await client.followFeed(asked)
                comeback.met()
                for try await event in events {
                    try await take(event)
                    asked.after = event.cursor
                }
            } catch let error as ClientError {
                try comeback.failed(error)
            }
            try await comeback.wait()
        }
    }
}

/// Reads as a consumer and acknowledges what was taken: page by page, so that it costs the daemon one small write a page, or event by
/// event.
struct ConsumerReader {
    let client: ControlClient
    let name: String
    let follows: Bool
    let acksEach: Bool
    let take: (FeedResource) async throws -> Void

    private enum Step {
        case more, end
    }

    /// Up to here all was read; `nil`: behind what is acknowledged.
    private var after: String?
    private var acknowledged: String?

    init(
        client: ControlClient, name: String, follows: Bool, acksEach: Bool,
        take: @escaping (FeedResource) async throws -> Void
    ) {
        self.client = client
        self.name = name
        self.follows = follows
        self.acksEach = acksEach
        self.take = take
    }

    /// Comes back at the end, when it does not follow.
    mutating func run() async throws {
        var comeback = Comeback()
        while true {
            do {
                let step = try await readPage()
                comeback.met()
                guard step == .end else { continue }
                guard follows else { return }
                // The first that comes says that there is a page again.
                for try await _ in try await client.followFeed(FeedRequest(after: after, consumer: name)) { break }
            } catch let error as ClientError {
                // What was taken and is not acknowledged is told again.
                after = nil
                try comeback.failed(error)
                try await comeback.wait()
            }
        }
    }

    private mutating func readPage() async throws -> Step {
        let page = try await client.feed(FeedRequest(after: after, consumer: name))
        for event in page.events {
            try await take(event)
            if acksEach { try await acknowledge(event.cursor) }
        }
        let isEnd = page.next == after
        // What its filter has left out is acknowledged with what comes behind it, or at the end.
        if !page.events.isEmpty || (isEnd && !follows) { try await acknowledge(page.next) }
        after = page.next
        return isEnd ? .end : .more
    }

    private mutating func acknowledge(_ cursor: String) async throws {
        if cursor == acknowledged { return }
        _ = try await client.acknowledge(cursor, for: name)
        acknowledged = cursor
    }
}
