import Foundation
import Glibc

/// Runs yogictl on a terminal of its own.
enum Terminal {
    struct Screen: Sendable {
        var status: Int32
        /// All that was written to it.
        var text: String
    }

    static func run(_ arguments: [String], socket: String, columns: UInt16) async throws -> Screen {
        let front = posix_openpt(O_RDWR | O_NOCTTY)
        guard front >= 0, grantpt(front) == 0, unlockpt(front) == 0, let name = ptsname(front) else {
            throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
        }
        let back = open(name, O_RDWR | O_NOCTTY)
        var size = winsize(ws_row: 40, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(back, UInt(TIOCSWINSZ), &size)
        var attributes = termios()
        tcgetattr(back, &attributes)
        // Line feeds as they are written.
        attributes.c_oflag &= ~tcflag_t(OPOST)
        tcsetattr(back, TCSANOW, &attributes)

        let process = Process()
        process.executableURL = Program.url
        process.arguments = arguments
        process.environment = ["TERM": "xterm", "NO_COLOR": "1", "YOGIYOGI_SOCKET": socket]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle(fileDescriptor: back, closeOnDealloc: false)
        try process.run()
        close(back)
        let text = await withCheckedContinuation { (read: CheckedContinuation<String, Never>) in
            Thread.detachNewThread { read.resume(returning: all(of: front)) }
        }
        close(front)
        process.waitUntilExit()
        return Screen(status: process.terminationStatus, text: text)
    }

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
