import ArgumentParser
import ControlAPI
import ControlClient

/// `yogictl terminate`.
struct TerminateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "terminate", abstract: "Ends a saga as it is, and says what it leaves in the outside world.",
        discussion: "Nothing is undone: 'yogictl effects --status terminated' keeps what is left.")

    @OptionGroup var bulk: BulkOptions

    func run() async throws {
        try await bulk.carryOut(OperatorWish(.terminate))
    }
}
