import ArgumentParser
import ControlAPI
import ControlClient

/// `yogictl watch`.
struct WatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Draws a saga's way live until it ends.",
        discussion: """
            On a terminal the drawing is kept up to date in place; elsewhere each record is a line, in JSON one resource a \
            line. A daemon that restarts is waited for.
            """)

    @Argument(help: "The saga's id, its first 8 digits or more, or WORKFLOW:SERIAL.")
    var id: String

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let drawing: any Drawing =
            global.output == .table && Output.standard.isTerminal
            ? Canvas(output: .standard) : Roll(output: .standard, isJSON: global.output == .json)
        try await global.daemon { client in
            var watch = Watch(client: client, saga: id, drawing: drawing)
            try await watch.run()
        }
    }
}

/// Follows a history to its end, over restarts of the daemon.
struct Watch {
    let client: ControlClient
    let saga: String
    var drawing: any Drawing
    /// The number of the last record that was drawn; tries that end alike are one record, which comes again with its number.
    private var last = 0
    private var hasEnded = false

    /// How often and how far apart a daemon that has gone away is looked for: half a minute, the time a restart takes.
    private static let triesMax = 60
    private static let pause = Duration.milliseconds(500)

    init(client: ControlClient, saga: String, drawing: any Drawing) {
        self.client = client
        self.saga = saga
        self.drawing = drawing
    }

    mutating func run() async throws {
        var tries = 0
        while true {
            let before = last
            do {
                try await follow()
                if hasEnded { return }
                tries = last > before ? 0 : tries + 1
                guard tries < Self.triesMax else { throw Self.stopped(client.socketPath) }
            } catch let error as ClientError where error.isPassing && last > 0 {
                tries = last > before ? 1 : tries + 1
                guard tries < Self.triesMax else { throw error }
            }
            try drawing.pause()
            try await Task.sleep(for: Self.pause)
        }
    }

    private mutating func follow() async throws {
        for try await record in try await client.follow(saga, after: last) {
            last = record.number
            hasEnded = record.type == "ended"
            try drawing.draw(record)
        }
    }

    private static func stopped(_ path: String) -> ClientError {
        .interrupted(path: path, cause: "the history stopped before the saga's end")
    }
}

extension ClientError {
    /// Whether it may be over when the daemon is back.
    var isPassing: Bool {
        switch self {
        case .unreachable, .interrupted: true
        case .problem(let problem): problem.status == 503
        case .protocolViolation: false
        }
    }
}
