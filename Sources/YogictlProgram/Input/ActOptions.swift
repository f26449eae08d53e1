import ArgumentParser
import ControlAPI
import ControlClient

/// What every act of an operator on one saga has.
struct ActOptions: ParsableArguments {
    @Option(parsing: .unconditional, help: "Why, for the history.")
    var reason: String

    @Flag(help: "Say what would happen, and do nothing.")
    var dryRun = false

    @OptionGroup var waiting: WaitOptions

    @OptionGroup var global: GlobalOptions

    func validate() throws {
        if reason.allSatisfy(\.isWhitespace) {
            throw ValidationError("--reason is empty. Say why; the history keeps it.")
        }
        if dryRun, waiting.wait != nil {
            throw ValidationError("--wait with --dry-run. A dry run has nothing to wait for.")
        }
    }

    /// Does it and prints what became of it.
    func carryOut(_ wish: OperatorWish, on saga: String) async throws {
        let answer = try await global.daemon { client in
            try await client.operate(saga, wish, reason: reason, dryRun: dryRun, wait: waiting.wish)
        }
        try global.print(answer.json, text: TroubleText.act(answer, coloured: Output.standard.isColoured))
        try waiting.check(answer.saga)
    }
}
