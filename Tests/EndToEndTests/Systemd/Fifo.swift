import Foundation
import Glibc
import TestPrograms

/// Lines between a script in the lab and its test, through a named pipe in a folder that both see: `read -r line <PATH`, `echo line >PATH`.
final class Fifo: Sendable {
    let path: String
    private let descriptor: Int32

    init(_ path: String) throws {
        self.path = path
        // Open both ways, so that neither side waits for the other to open it.
        guard mkfifo(path, 0o666) == 0 else { throw ProgramFailure("cannot make \(path): errno \(errno)") }
        descriptor = open(path, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { throw ProgramFailure("cannot open \(path): errno \(errno)") }
    }

    deinit { close(descriptor) }

    func send(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        _ = write(descriptor, bytes, bytes.count)
    }

    /// The next line; `nil` when `isOver` says that none will come.
    func line(unless isOver: @escaping @Sendable () -> Bool) async -> String? {
        await withCheckedContinuation { continuation in
            // Not on the threads that tasks run on: those are few.
            Thread.detachNewThread { [descriptor] in
                var text: [UInt8] = []
                var byte: UInt8 = 0
                while text.last != UInt8(ascii: "\n") {
                    var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                    if poll(&waiting, 1, 200) > 0, read(descriptor, &byte, 1) == 1 {
                        text.append(byte)
                    } else if isOver() {
                        return continuation.resume(returning: nil)
                    }
                }
                continuation.resume(returning: String(decoding: text.dropLast(), as: UTF8.self))
            }
        }
    }
}
