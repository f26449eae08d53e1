import ArgumentParser
import Foundation
import Glibc
import Logging
import Systemd

/// The daemon: runs sagas and answers the control socket.
@main
struct Yogiyogid: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "yogiyogid", abstract: "Runs sagas as durable state machines.",
        discussion: "A flag overrides its YOGIYOGI_… variable, which overrides the configuration file.",
        version: Version.text, subcommands: [RestoreCommand.self])

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

    @Flag(help: "Check configuration and workflows, say what is wrong, and end.")
    var checkConfig = false

    /// ArgumentParser's own errors begin as ours do.
    static var _errorPrefix: String { "yogiyogid: " }

    /// Exit status as yogictl's (control.md): 0 stopped as it was told, 1 could not start, 2 usage.
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
        do {
            // Before threads read the environment.
            let inherited = ListenDescriptors.take()
            let source = ConfigurationSource(
                file: place.config, environment: ProcessInfo.processInfo.environment,
                flags: ConfigurationFlags(
                    stateDirectory: place.stateDir, socket: socket, workflows: workflows, participants: participant,
                    logLevel: logLevel, credentialsDirectory: place.credentialsDir), isPaused: paused)
            let configuration = try source.read(isChecking: checkConfig)
            LogBackend.bootstrap(
                identifier: "yogiyogid", level: configuration.logLevel, queueMax: configuration.logQueueMax)
            if checkConfig {
                Self.complain(try LoadedFiles(configuration).warnings, asWarnings: true)
                return
            }
            try await Daemon(configuration, from: source, inherited: inherited).run()
        } catch let failure as StartFailure {
            Self.complain(failure.lines)
            throw ExitCode(1)
        }
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

/// The version of the programs.
enum Version {
    static let text = "0.1.0"
}
