import ArgumentParser
import CEL
import Glibc
import Hummingbird
import Listener
import Logging
import NIOCore
import ServiceLifecycle
import Systemd
import UnixSignals

/// A participant that answers at once and keeps nothing: what is measured against it is yogiyogi.
struct ParticipantCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "participant", abstract: "A payment service that answers every call at once.", shouldDisplay: false
    )

    @Option(help: "Where to listen: unix:/PATH or HOST:PORT.")
    var listen: String

    func run() async throws {
        signal(SIGPIPE, SIG_IGN)
        guard let address = ListenAddress(parsing: listen) else {
            throw ValidationError("--listen is '\(listen)'; it must be unix:/PATH or HOST:PORT")
        }
        let logger = Logger(label: "participant") { _ in SwiftLogNoOpLogHandler() }
        let notifier = Notifier()
        let listener = try HTTPListener(
            address: address, responder: InstantResponder(), logger: logger, onListening: { _ in notifier.ready() })
        let group = ServiceGroup(services: [listener], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        try await group.run()
    }
}

/// Reads a call as any participant would, and succeeds.
struct InstantResponder: HTTPResponder {
    typealias Context = BasicRequestContext

    /// What a charge of the reference participant answers, in as many bytes.
    static let answer = Array(#"{"paymentId":"pay-1","amount":20000,"cardNo":"************1111"}"#.utf8)

    func respond(to request: Request, context: Context) async throws -> Response {
        _ = try JSON.parse(Array(try await request.body.collect(upTo: 1 << 20).readableBytesView))
        return Response(
            status: .ok, headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: Self.answer)))
    }
}
