import ArgumentParser
import Listener
import Logging
import ParticipantKit
import Systemd

/// The reservation service as a program.
struct ReservationCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: ReservationRoutes.name,
        abstract: "A reservation service that holds rooms by the night, once per idempotency key.")

    @Option(
        help: "Where to listen: unix:/PATH or HOST:PORT. An inherited socket goes first.",
        transform: { try ListenOption.parse($0) })
    var listen = ListenAddress.tcp(host: "127.0.0.1", port: 8083)

    @Option(help: "The database file (default: reservation.db in the state folder).")
    var database: String?

    @Option(
        help:
            "The rooms that there are: names as in 101,102, or a number N for the rooms 1 to N (default: any name is a room).",
        transform: { try Rooms(parsing: $0) })
    var rooms: Rooms?

    @Option(
        help: "How long each request takes at least, as in 400ms-620ms (default: no delay).",
        transform: { try Latency(parsing: $0) })
    var latency: Latency?

    @Option(
        help:
            "The part of the requests that fail with 503, half of them after the work was done, as in 0.1 (default: 0).",
        transform: { try FailRate(parsing: $0) })
    var failRate: FailRate?

    @Option(help: "Makes latency and failures repeatable.")
    var seed: UInt64?

    func run() async throws {
        let inherited = ListenDescriptors.take().map(\.descriptor)
        LogBackend.bootstrap(identifier: ReservationRoutes.name, level: .info)
        // The last lines say why it ends.
        defer { LogBackend.flush() }
        let logger = Logger(label: ReservationRoutes.name)
        let address = try ListenOption.choose(inherited: inherited, option: listen)
        let path = try database ?? DatabasePath.standard(participant: ReservationRoutes.name, file: "reservation.db")
        let store = try IdempotentStore(
            path: path, participant: ReservationRoutes.name, migrations: ReservationTables.migrations)
        let participant = Participant(
            name: ReservationRoutes.name, store: store,
            faults: Faults(latency: latency, failRate: failRate, seed: seed), logger: logger)
        let notifier = Notifier()
        try await ParticipantProgram(
            participant, routes: ReservationRoutes.make(participant, rooms: rooms ?? .any), address: address,
            logger: logger,
            onReady: { notifier.ready(status: "listening on \($0)") },
            onStopping: { notifier.stopping() }
        ).run()
    }
}
