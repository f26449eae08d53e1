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
        version: Version.text)

    @Option(help: "Configuration file (default: \(DaemonConfiguration.fileDefault), where there is one).")
    var config: String?

    @Option(help: "Folder of the store (YOGIYOGI_STATE_DIR).")
    var stateDir: String?

    @Option(help: "Control socket (YOGIYOGI_SOCKET); an inherited socket goes before it.")
    var socket: String?

    @Option(help: "Folder of workflows, may be repeated; the first wins by name (YOGIYOGI_WORKFLOWS).")
    var workflows: [String] = []

    @Option(help: "A participant as NAME=URL, may be repeated.")
    var participant: [String] = []

    @Option(
        help: "Folder of credentials: tokens of participants, and the store's key (YOGIYOGI_CREDENTIALS_DIR; systemd's own).")
    var credentialsDir: String?

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
        do {
            // Before threads read the environment.
            let inherited = ListenDescriptors.take()
            let environment = ProcessInfo.processInfo.environment
            var configuration = try configuration(environment)
            configuration.isPaused = paused
            LogBackend.bootstrap(identifier: "yogiyogid", level: configuration.logLevel)
            if checkConfig {
                _ = try LoadedFiles(configuration)
                return
            }
            try await Daemon(configuration, inherited: inherited).run()
        } catch let failure as StartFailure {
            Self.complain(failure.lines)
            throw ExitCode(1)
        }
    }

    private func configuration(_ environment: [String: String]) throws -> DaemonConfiguration {
        var configuration = DaemonConfiguration.defaults(environment)
        let named = config ?? environment["YOGIYOGI_CONFIG"]
        let path = named ?? DaemonConfiguration.fileDefault
        if named != nil || FileManager.default.fileExists(atPath: path) {
            let text: String
            do {
                text = try String(contentsOfFile: path, encoding: .utf8)
            } catch {
                throw StartFailure("cannot read the configuration '\(path)'; check that it exists and is UTF-8 text")
            }
            try ConfigurationFile.apply(text, path: path, to: &configuration)
        }
        try configuration.apply(environment: environment)
        try configuration.apply(
            ConfigurationFlags(
                stateDirectory: stateDir, socket: socket, workflows: workflows, participants: participant,
                logLevel: logLevel, credentialsDirectory: credentialsDir))
        return configuration
    }

    /// To standard error, a line each; the log may go elsewhere.
    private static func complain(_ lines: [String]) {
        let text = Array(lines.map { "yogiyogid: \($0)\n" }.joined().utf8)
        _ = write(STDERR_FILENO, text, text.count)
    }
}

/// The version of the programs.
enum Version {
    static let text = "0.1.0"
}
