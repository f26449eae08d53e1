import ArgumentParser
import Listener
import Logging
import ParticipantKit
import Systemd

/// The payment service as a program.
struct PaymentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: PaymentRoutes.name,
        abstract: "A payment service that charges and refunds, once per idempotency key.",
        discussion: """
            Cards for tests: 4000000000000002 is declined; 4000000000000119 fails twice and then charges; \
            4000000000009995 charges, and answers after the caller's deadline.
            """)

    @Option(
        help: "Where to listen: unix:/PATH or HOST:PORT. An inherited socket goes first.",
        transform: { try ListenOption.parse($0) })
    var listen = ListenAddress.tcp(host: "127.0.0.1", port: 8082)

    @Option(help: "The database file (default: payment.db in the state folder).")
    var database: String?

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
        LogBackend.bootstrap(identifier: PaymentRoutes.name, level: .info)
        // The last lines say why it ends.
        defer { LogBackend.flush() }
        let logger = Logger(label: PaymentRoutes.name)
        let address = try ListenOption.choose(inherited: inherited, option: listen)
        let path = try database ?? DatabasePath.standard(participant: PaymentRoutes.name, file: "payment.db")
        let store = try IdempotentStore(
            path: path, participant: PaymentRoutes.name, migrations: PaymentLedger.migrations)
        let participant = Participant(
            name: PaymentRoutes.name, store: store,
            faults: Faults(latency: latency, failRate: failRate, seed: seed), logger: logger)
        let notifier = Notifier()
        try await ParticipantProgram(
            participant, routes: PaymentRoutes.make(participant), address: address, logger: logger,
            onReady: { notifier.ready(status: "listening on \($0)") },
            onStopping: { notifier.stopping() }
        ).run()
    }
}
