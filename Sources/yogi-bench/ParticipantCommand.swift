import ArgumentParser
import Glibc
import Systemd

/// A participant that keeps nothing: what is measured against it is yogiyogi.
struct ParticipantCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "participant", abstract: "A payment service that answers every call.", shouldDisplay: false)

    @Option(help: "The Unix socket to listen at.")
    var listen: String

    @Option(help: "Milliseconds that an answer takes at least.")
    var latencyMin: Int64 = 0

    @Option(help: "Milliseconds that an answer takes at most.")
    var latencyMax: Int64 = 0

    func validate() throws {
        guard 0 <= latencyMin, latencyMin <= latencyMax, latencyMax <= 600_000 else {
            throw ValidationError("--latency-min and --latency-max must be 0 to 600000, in this order")
        }
    }

    func run() async throws {
        signal(SIGPIPE, SIG_IGN)
        signal(SIGTERM) { _ in _exit(0) }
        let notifier = Notifier()
        try LeanPayment(path: listen, latency: latencyMin...latencyMax).serve { notifier.ready() }
    }
}
