/// Why the gateway cannot start: one line, or one a fault.
struct StartFailure: Error, CustomStringConvertible {
    /// What the process ends with, as yogiyogid's. systemd starts it again after `mayPass` alone.
    enum Status: Int32 {
        /// An address that is in use, a disk: the next try may go well.
        case mayPass = 1
        /// The configuration or a credential. EX_CONFIG of sysexits(3).
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

    var description: String { lines.joined(separator: "\n") }
}
