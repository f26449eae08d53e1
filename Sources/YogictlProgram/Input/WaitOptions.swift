import ArgumentParser
import ControlAPI
import ControlClient
import SagaCore

/// Until when a command waits for its saga.
struct WaitOptions: ParsableArguments {
    @Option(
        help: """
            Wait until the saga is 'settled' (no step in flight), 'ended', or in the state of this name. A saga that is stuck is \
            not waited for: the exit status is 1 then.
            """)
    var wait: String?

    @Option(help: "How long to wait at most, such as 500ms, 30s, 1m30s. (default: 30s)")
    var timeout: String?

    /// As long as a person looks at a line that does not move.
    private static let timeoutDefault = "30s"

    func validate() throws {
        if timeout != nil, wait == nil {
            throw ValidationError("--timeout without --wait. Say what to wait for: --wait settled, ended or a state.")
        }
        if let wait, wait.isEmpty {
            throw ValidationError("--wait is empty. Say settled, ended or a state.")
        }
        if let timeout, DurationText.milliseconds(timeout) == nil {
            throw ValidationError(
                "--timeout '\(timeout.printable)' is no duration. Give one such as 500ms, 30s or 1m30s.")
        }
    }

    /// What the daemon is asked to wait for, `nil` without `--wait`.
    var wish: Wait? {
        wait.map { Wait($0, milliseconds: DurationText.milliseconds(timeout ?? Self.timeoutDefault) ?? 0) }
    }

    /// Fails when the saga is stuck, wherever it was waited for, and with the exit code of a wait that timed out, when it did.
    func check(_ saga: SagaResource) throws {
        guard let wait else { return }
        if saga.status == "stuck" {
            let reason = saga.reason.map { " (\($0))" } ?? ""
            throw Failure(
                .refused, "the saga is stuck in '\(saga.state)'\(reason). 'yogictl show \(saga.id)' tells what helps")
        }
        guard !saga.reached else { return }
        let goal = ["settled", "ended"].contains(wait) ? wait : "in '\(wait.printable)'"
        throw Failure(
            .timedOut,
            "the saga is not \(goal) after \(timeout ?? Self.timeoutDefault) (\(saga.status) in '\(saga.state)'). It goes on; "
                + "look again with 'yogictl show \(saga.id)'")
    }
}
