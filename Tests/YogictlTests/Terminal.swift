import Foundation
import Glibc
import TestPrograms

/// Runs yogictl on a terminal of its own.
enum Terminal {
    struct Screen: Sendable {
        var status: Int32
        /// All that was written to it.
        var text: String
    }

    static func run(_ arguments: [String], socket: String, columns: UInt16) async throws -> Screen {
        let (front, back) = try pair()
        var size = winsize(ws_row: 40, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(back, UInt(TIOCSWINSZ), &size)
        var attributes = termios()
        tcgetattr(back, &attributes)
        // Line feeds as they are written.
        attributes.c_oflag &= ~tcflag_t(OPOST)
        tcsetattr(back, TCSANOW, &attributes)

        let child = try Child(
            Program.url.path, arguments,
            environment: ["TERM": "xterm", "NO_COLOR": "1", "YOGIYOGI_SOCKET": socket], output: back)
        close(back)
        let text = await withCheckedContinuation { (read: CheckedContinuation<String, Never>) in
            Thread.detachNewThread { read.resume(returning: all(of: front)) }
        }
        close(front)
        return Screen(status: await child.end(), text: text)
    }

    /// Both ends of a new terminal. By ioctl, as posix_openpt(3) and its kin belong to _GNU_SOURCE, which Swift's Glibc lacks.
    private static func pair() throws -> (front: Int32, back: Int32) {
        let front = open("/dev/ptmx", O_RDWR | O_NOCTTY)
        var locked: Int32 = 0
        var number: UInt32 = 0
        guard front >= 0, ioctl(front, unlockRequest, &locked) == 0, ioctl(front, numberRequest, &number) == 0 else {
            throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
        }
        let back = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY)
        guard back >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        return (front, back)
    }

    /// TIOCSPTLCK and TIOCGPTN of ioctl_tty(2).
    private static let unlockRequest: UInt = 0x4004_5431
    private static let numberRequest: UInt = 0x8004_5430

    /// What is written until nobody has the terminal open any more, which is EIO on Linux.
    private static func all(of descriptor: Int32) -> String {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(descriptor, &chunk, chunk.count)
            guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
            bytes += chunk[..<count]
        }
    }
}
