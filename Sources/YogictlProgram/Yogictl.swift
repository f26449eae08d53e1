import ArgumentParser
import ControlAPI
import Glibc

/// The command line of yogiyogi.
struct Yogictl: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "yogictl",
        abstract: "Starts, shows and steers sagas, and checks workflows.",
        discussion: """
            Talks to yogiyogid over its Unix socket: --socket, else YOGIYOGI_SOCKET, else /run/yogiyogi.sock, else \
            $XDG_RUNTIME_DIR/yogiyogi.sock. An id of a saga may be shortened to 8 digits or more.

            Exit status: 0 done, 1 refused or a failed check, 2 usage, 3 not found, 4 daemon unreachable, 5 the wait \
            timed out, 6 not allowed.
            """,
        version: ProgramVersion.text,
        subcommands: [
            StartCommand.self, ListCommand.self, ShowCommand.self, HistoryCommand.self, WatchCommand.self,
            FeedCommand.self, FeedsCommand.self,
            SignalCommand.self, CancelCommand.self, RetryCommand.self, SettleCommand.self, SkipCommand.self,
            PauseCommand.self, ResumeCommand.self, TerminateCommand.self, EffectsCommand.self, JobsCommand.self,
            MigrateCommand.self, ViewCommand.self, WorkflowsCommand.self, CheckCommand.self,
            GraphCommand.self, PlanCommand.self, TestCommand.self, EvalCommand.self, StatusCommand.self,
            MetricsCommand.self, HealthCommand.self, BackupCommand.self, RekeyCommand.self, ReloadCommand.self,
        ])

    /// ArgumentParser's own errors begin as ours do.
    static var _errorPrefix: String { "yogictl: " }

    @OptionGroup var global: GlobalOptions

    func run() throws {
        throw ValidationError("No command. Choose one of those that 'yogictl --help' lists.")
    }

    static func main() async {
        // A reader that goes away (`yogictl list | head`) is an error of write(2), not a death.
        signal(SIGPIPE, SIG_IGN)
        let arguments = EvalCommand.terminated(Array(CommandLine.arguments.dropFirst()))
        Glibc.exit(await run(arguments).rawValue)
    }

    /// Runs one command line and reports its failure, if any, on stderr.
    static func run(_ arguments: [String]) async -> Exit {
        do {
            var command = try parseAsRoot(arguments)
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
            return .done
        } catch let failure as Failure {
            return report(failure)
        } catch is ClosedPipe {
            return .done
        } catch {
            return report(parsing: error)
        }
    }

    private static func report(_ failure: Failure) -> Exit {
        if let message = failure.message { try? Output.error.write(harmless("yogictl: \(message)\n")) }
        return failure.exit
    }

    /// The lines of a message, in which words of others may stand that must not steer the terminal.
    private static func harmless(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { String($0).printable }
            .joined(separator: "\n")
    }

    /// Help and usage errors, which ArgumentParser throws.
    private static func report(parsing error: any Error) -> Exit {
        var text = harmless(fullMessage(for: error))
        if !text.hasSuffix("\n") { text += "\n" }
        guard exitCode(for: error) != .success else {
            try? Output.standard.write(text)
            return .done
        }
        try? Output.error.write(text)
        return exitCode(for: error) == .validationFailure ? .usage : .refused
    }
}
