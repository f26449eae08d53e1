import ArgumentParser
import ControlAPI
import ControlClient

/// `yogictl pause`.
struct PauseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause", abstract: "Pauses a saga: what comes is kept, and nothing moves.",
        discussion: "A call in flight comes to its end; its answer is kept too.")

    @Argument(help: "The saga's id, or its first 8 digits or more.")
    var saga: String

    @OptionGroup var options: ActOptions

    func run() async throws {
        try await options.carryOut(.pause, on: saga)
    }
}
