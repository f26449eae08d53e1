import SagaStore

/// Why the daemon cannot start: one line, or one a fault.
struct StartFailure: Error, CustomStringConvertible {
    /// What the process ends with. systemd starts it again after `mayPass` alone: the others need an operator
    /// (`RestartPreventExitStatus=` of the unit).
    enum Status: Int32 {
        /// No room, a disk, another process: the next try may go well.
        case mayPass = 1
        /// The store: damaged, of somebody else or of a later version, sealed by another key. EX_DATAERR of sysexits(3).
        case store = 65
        /// Configuration, workflows or credentials. EX_CONFIG of sysexits(3).
        case configuration = 78
    }

    var lines: [String]
    var status: Status

    init(_ line: String, status: Status = .configuration) {
        self.init(lines: [line], status: status)
    }

    init(lines: [String], status: Status = .configuration) {
        self.lines = lines
        self.status = status
    }

    init(_ error: StoreError) {
        let status: Status =
            switch error.code {
            case .notADatabase, .corrupt, .newer, .notDurable, .key, .unreadable: .store
            case .full, .readOnly, .cannotOpen, .locked, .io, .closed, .failed, .gone, .noDescriptors: .mayPass
            }
        self.init(error.message, status: status)
    }

    var description: String { lines.joined(separator: "\n") }
}
