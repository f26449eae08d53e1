import ArgumentParser
import CEL
import ControlAPI
import Foundation
import Glibc
import Listener
import Logging
import Systemd

/// The daemon: runs sagas and answers the control socket.
struct Yogiyogid: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "yogiyogid", abstract: "Runs sagas as durable state machines.",
        discussion: """
            A flag overrides its YOGIYOGI_… variable, which overrides the configuration file.

            Exit status: 0 when it was told to stop, 1 when it could not start for a reason that may pass, 2 for a mistake in the \
            flags, 65 when the store needs an operator (damaged, of another program or a later version, sealed by another key), 78 when \
            the configuration, a workflow or a credential does. After 2, 65 and 78 the unit is not started again by itself.
            """,
        version: ProgramVersion.text, subcommands: [RestoreCommand.self])

    @OptionGroup var place: PlaceOptions

    @Option(help: "Control socket (YOGIYOGI_SOCKET); an inherited socket goes before it.")
    var socket: String?

    @Option(help: "Folder of workflows, may be repeated; the first wins by name (YOGIYOGI_WORKFLOWS).")
    var workflows: [String] = []

    @Option(help: "A participant as NAME=URL, may be repeated.")
    var participant: [String] = []

    @Option(help: "trace, debug, info, notice, warning, error or critical (YOGIYOGI_LOG_LEVEL).")
    var logLevel: String?

    @Flag(help: "Start with nothing moving, for inspection, until 'yogictl resume --all'.")
    var paused = false

    @Flag(
        help:
            "Check configuration and workflows, say what is wrong, what participants are sent and how answers are read, and end."
    )
    var checkConfig = false

    /// ArgumentParser's own errors begin as ours do.
    static var _errorPrefix: String { "yogiyogid: " }

    /// Exit status as yogictl's (control.md): 0 stopped as it was told, 2 usage; and those of ``StartFailure/Status``.
    static func main() async {
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            guard exitCode(for: error) == .validationFailure else { exit(withError: error) }
            let text = Array((fullMessage(for: error) + "\n").utf8)
            _ = write(STDERR_FILENO, text, text.count)
            Glibc.exit(2)
        }
    }

    func run() async throws {
        // A reload that is asked for before there is anything to load again asks for what is being done.
        signal(SIGHUP, SIG_IGN)
        // Whoever read its standard error, or a client, may go away without ending it.
        signal(SIGPIPE, SIG_IGN)
        // The last lines of a daemon that ends say why.
        defer { LogBackend.flush() }
        // Before threads read the environment.
        let inherited = ListenDescriptors.take()
        do {
            let source = ConfigurationSource(
                file: place.config, environment: ProcessInfo.processInfo.environment,
                flags: ConfigurationFlags(
                    stateDirectory: place.stateDir, socket: socket, workflows: workflows, participants: participant,
                    logLevel: logLevel, credentialsDirectory: place.credentialsDir), isPaused: paused)
            let configuration = try source.read(isChecking: checkConfig)
            LogBackend.bootstrap(
                identifier: "yogiyogid", level: configuration.logLevel, queueMax: configuration.logQueueMax)
            if checkConfig {
                let files = try LoadedFiles(configuration)
                Self.complain(files.warnings, asWarnings: true)
                Self.say(ParticipantSummary.lines(configuration.participants, files.workflows))
                return
            }
            try await Daemon(configuration, from: source, inherited: inherited).run()
        } catch let failure as StartFailure {
            Self.complain(failure.lines)
            if failure.status != .mayPass { Self.turnAway(inherited, failure) }
            throw ExitCode(failure.status.rawValue)
        }
    }

    /// Nobody starts it again but an operator, and whoever asks: who has asked is told why, or would start it again at once.
    private static func turnAway(_ inherited: [InheritedDescriptor], _ failure: StartFailure) {
        Notifier().status("cannot start: \(failure.lines.first ?? "")")
        let problem = WireProblem(
            "cannot-start", status: 503, title: "The daemon cannot start",
            detail: "the daemon cannot start: \(failure)")
        for socket in inherited { Refusal.answerAll(on: socket.descriptor, with: JSON.bytes(problem.json)) }
    }

    /// To standard output, a line each.
    private static func say(_ lines: [String]) {
        let text = Array(lines.map { "\($0)\n" }.joined().utf8)
        _ = write(STDOUT_FILENO, text, text.count)
    }

    /// To standard error, a line each; the log may go elsewhere. The journal is told how much each matters (systemd.exec(5),
    /// `SyslogLevelPrefix=`), else it would take them for information.
    static func complain(_ lines: [String], asWarnings isWarning: Bool = false) {
        guard !lines.isEmpty else { return }
        // In the order in which it was said.
        LogBackend.flush()
        let level = LogBackend.detect() == .journal ? isWarning ? "<4>" : "<3>" : ""
        let text = Array(lines.map { "\(level)yogiyogid: \($0)\n" }.joined().utf8)
        _ = write(STDERR_FILENO, text, text.count)
    }
}
