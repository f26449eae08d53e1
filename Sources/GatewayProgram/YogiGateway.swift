import ArgumentParser
import ControlAPI
import Foundation
import Glibc
import Logging
import Systemd

/// The front door: serves guests, staff and programs over HTTP, as a client of the daemon's socket.
struct YogiGateway: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "yogi-gateway", abstract: "Serves orders, lists and the control API over HTTP.",
        discussion: """
            A flag overrides its environment variable, which overrides the configuration file.

            Exit status: 0 when it was told to stop, 1 when it could not start for a reason that may pass, 2 for a mistake in the \
            flags, 78 when the configuration or a credential needs an operator. After 2 and 78 the unit is not started again by itself.
            """,
        version: ProgramVersion.text, subcommands: [TokenCommand.self])

    @Option(help: "Configuration file (default: \(GatewayConfiguration.fileDefault), where there is one).")
    var config: String?

    @Option(help: "HOST:PORT or unix:/PATH to listen on (YOGI_GATEWAY_LISTEN); an inherited socket goes before it.")
    var listen: String?

    @Option(help: "The daemon's control socket (YOGIYOGI_SOCKET).")
    var socket: String?

    @Option(help: "Folder of the key that makes links and cookies (YOGI_GATEWAY_STATE_DIR).")
    var stateDir: String?

    @Option(help: "Folder of credentials (YOGI_GATEWAY_CREDENTIALS_DIR; a unit's own otherwise).")
    var credentialsDir: String?

    @Option(help: "What links in answers begin with, as https://hotel.example (YOGI_GATEWAY_PUBLIC_URL).")
    var publicUrl: String?

    @Option(help: "A participant whose lists are shown, as NAME=URL: payment or reservation; may be repeated.")
    var participant: [String] = []

    @Flag(help: "Whoever is on this machine may do everything, without being asked who it is: for playing.")
    var open = false

    @Option(help: "trace, debug, info, notice, warning, error or critical (YOGI_GATEWAY_LOG_LEVEL).")
    var logLevel: String?

    @Flag(help: "Check the configuration, say what is wrong, and end.")
    var checkConfig = false

    /// ArgumentParser's own errors begin as ours do.
    static var _errorPrefix: String { "yogi-gateway: " }

    /// Exit status as yogiyogid's.
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
        signal(SIGPIPE, SIG_IGN)
        // The last lines of a program that ends say why.
        defer { LogBackend.flush() }
        // Before threads read the environment.
        let inherited = ListenDescriptors.take()
        do {
            let source = GatewaySource(
                file: config, environment: ProcessInfo.processInfo.environment,
                flags: GatewayFlags(
                    listen: listen, socket: socket, stateDirectory: stateDir, credentialsDirectory: credentialsDir,
                    publicURL: publicUrl, participants: participant, isOpen: open, logLevel: logLevel))
            let configuration = try source.read()
            LogBackend.bootstrap(identifier: "yogi-gateway", level: configuration.logLevel)
            if checkConfig {
                _ = try configuration.serverTLS()
                try DoorSecrets(configuration).check()
                return
            }
            try await Front(configuration, from: source, inherited: inherited).run()
        } catch let failure as StartFailure {
            Self.complain(failure.lines)
            if failure.status != .mayPass { Notifier().status("cannot start: \(failure.lines.first ?? "")") }
            throw ExitCode(failure.status.rawValue)
        }
    }

    /// To standard error, a line each; the log may go elsewhere.
    static func complain(_ lines: [String]) {
        LogBackend.flush()
        let level = LogBackend.detect() == .journal ? "<3>" : ""
        let text = Array(lines.map { "\(level)yogi-gateway: \($0)\n" }.joined().utf8)
        _ = write(STDERR_FILENO, text, text.count)
    }
}
