import CEL
import Glibc

/// Where text goes: a descriptor, written whole and at once, without a buffer that a crash would lose.
struct Output: Sendable {
    private let descriptor: Int32

    static let standard = Output(descriptor: STDOUT_FILENO)
    static let error = Output(descriptor: STDERR_FILENO)

    private init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// Whether a person reads it.
    var isTerminal: Bool { isatty(descriptor) == 1 }

    /// Whether colours are wanted: on a terminal, without `NO_COLOR` (no-color.org) and not on a dumb one.
    var isColoured: Bool {
        guard isTerminal, getenv("NO_COLOR").map({ $0.pointee == 0 }) ?? true else { return false }
        return getenv("TERM").map { String(cString: $0) != "dumb" } ?? false
    }

    /// The terminal's size, 24 rows of 80 columns where it does not tell.
    var size: (rows: Int, columns: Int) {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else { return (24, 80) }
        return (Int(size.ws_row), Int(size.ws_col))
    }

    /// Writes all of a text.
    ///
    /// - Throws: ``ClosedPipe`` when the reader has gone away, ``Failure`` when the bytes cannot be written (a full disk).
    func write(_ text: String) throws {
        try write(Array(text.utf8))
    }

    /// Writes all of some bytes; see ``write(_:)-(String)``.
    func write(_ bytes: [UInt8]) throws {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                Glibc.write(descriptor, buffer.baseAddress?.advanced(by: written), buffer.count - written)
            }
            if count >= 0 {
                written += count
                continue
            }
            switch errno {
            case EINTR: continue
            case EAGAIN:
                // A descriptor that somebody else made non-blocking, as a shared terminal can be.
                var wish = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = poll(&wish, 1, -1)
            case EPIPE: throw ClosedPipe()
            default:
                let reason = String(cString: strerror(errno))
                throw Failure(
                    .refused, "cannot write the output (\(reason)). See to it that there is room, and try again")
            }
        }
    }

    /// Writes a line.
    func line(_ text: String) throws { try write(text + "\n") }

    /// Writes a value as a line of JSON. What would steer a terminal that it is shown on, and JSON lets stand as it is, is escaped: it is the
    /// same text to a program.
    func json(_ value: Value) throws {
        let text = JSON.string(value)
        guard text.unicodeScalars.contains(where: \.isControl) else { return try line(text) }
        var escaped = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            guard scalar.isControl else {
                escaped.append(scalar)
                continue
            }
            let digits = String(scalar.value, radix: 16)
            escaped.append(contentsOf: "\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".unicodeScalars)
        }
        try line(String(escaped))
    }
}

/// The reader of the output has gone away: what it wanted it has, so that is no failure.
struct ClosedPipe: Error {}
