import ArgumentParser
import ControlClient

/// `yogictl retry`.
struct RetryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry", abstract: "Lets a stuck saga go on, or makes the next attempt now.",
        discussion: "Exit status 1 when there is nothing to retry; --dry-run says what would happen.")

    @OptionGroup var bulk: BulkOptions

    func run() async throws {
        try await bulk.carryOut(.retry, act: "retry")
    }
}
