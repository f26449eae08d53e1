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
        case .json: try Output.standard.line(JSON.string(json))
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

    private init(_ problem: Problem) {
        let faults = problem.extensions.entries.flatMap { Self.faults($0.value) }
        let detail = problem.detail == problem.title ? "" : " (\(problem.detail.trimmingFullStop))"
        let advice = Self.advice(problem.code, status: problem.status).map { ". \($0)" } ?? ""
        let text = problem.title.trimmingFullStop + detail + advice
        self.init(
            Self.exit(problem), ([text] + faults.map { "  \($0)" }).map(\.printable).joined(separator: "\n"))
    }

    private static func exit(_ problem: Problem) -> Exit {
        switch problem.status {
        case 400, 405, 414: .usage
        case 401, 403: .notAllowed
        case 404: .notFound
        case 503 where problem.code == "stopping": .unreachable
        default: .refused
        }
    }

    private static func advice(_ code: String, status: Int) -> String? {
        switch code {
        case "ambiguous": "Give more digits of the id"
        case "key-conflict": "Give another --key, or the input that this key was used with"
        case "unknown-workflow", "unknown-version": "'yogictl workflows' shows what is loaded"
        case "not-found": "'yogictl list' shows the sagas that are there"
        case "invalid-input": "Correct the input"
        case "refused", "signal-refused": "'yogictl show' names the signals that its state takes"
        case "too-late": "'yogictl show' tells how it ended or where it is"
        case "busy": "Nothing was accepted; try again in a moment"
        case "stopping": "Nothing was accepted; try again when it has started again"
        default: status == 403 ? "Ask for a role that may do this" : nil
        }
    }

    /// A line for each fault of an input: `/nights: …`.
    private static func faults(_ value: Value) -> [String] {
        guard case .list(let items) = value else { return [] }
        return items.compactMap { item in
            guard case .map(let fault) = item, let pointer = fault["pointer"]?.stringValue else { return nil }
            let what = (fault["message"] ?? fault["detail"])?.shown ?? "is not as it must be"
            return "\(pointer.isEmpty ? "/" : pointer): \(what)"
        }
    }
}

extension String {
    fileprivate var trimmingFullStop: String { hasSuffix(".") ? String(dropLast()) : self }
}
