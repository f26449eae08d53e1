import ArgumentParser
import ControlAPI
import ControlClient

/// `yogictl pause`.
struct PauseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause", abstract: "Pauses a saga: what comes is kept, and nothing moves.",
        discussion: "A call in flight comes to its end; its answer is kept too.")

    @OptionGroup var bulk: BulkOptions

    func run() async throws {
        try await bulk.carryOut(OperatorWish(.pause))
    }
}
