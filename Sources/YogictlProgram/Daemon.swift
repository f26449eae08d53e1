import CEL
import ControlAPI
import ControlClient

extension GlobalOptions {
    /// Runs with a client of the daemon's socket; what the client throws becomes a ``Failure`` with its exit code.
    func daemon<Result: Sendable>(_ body: (ControlClient) async throws -> Result) async throws -> Result {
        do {
            return try await ControlClient.with(socketPath: socketPath, body)
        } catch let error as ClientError {
            throw Failure(error)
        }
    }

    /// Prints the wire's own resource for programs, or a text for people.
    func print(_ json: Value, text: @autoclosure () -> String) throws {
        switch output {
        case .json: try Output.standard.json(json)
        case .table: try Output.standard.write(text())
        }
    }
}

extension Failure {
    /// What the client could not do, for a person: what, in brackets why, and what to do next.
    init(_ error: ClientError) {
        switch error {
        case .unreachable(_, let cause):
            let advice =
                cause.contains("ermission") || cause.contains("not permitted")
                ? "Ask to become a member of the socket's group"
                : "Start yogiyogid, or name its socket with --socket or YOGIYOGI_SOCKET"
            self.init(.unreachable, "\(error). \(advice)")
        case .interrupted:
            self.init(
                .unreachable,
                "\(error). Whether it did what it was asked is not known: look with 'yogictl list'; a start with the same "
                    + "--key is never done twice, nor a signal with the same --id")
        case .protocolViolation:
            self.init(.unreachable, "the daemon was \(error). See that --socket is yogiyogid's and of the same version")
        case .problem(let problem): self.init(problem)
        }
    }
}
