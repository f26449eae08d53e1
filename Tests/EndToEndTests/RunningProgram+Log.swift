import Foundation
import Glibc
import TestPrograms

extension RunningProgram {
    /// Whether it logs the text: now, or soon, as a program does not wait for its log. Asleep until the log grows.
    func logs(_ text: String) async -> Bool {
        await Programs.offPool { [self] in
            let watch = inotify_init1(Int32(IN_CLOEXEC))
            guard watch >= 0 else { return false }
            defer { close(watch) }
            inotify_add_watch(watch, logPath, UInt32(IN_MODIFY))
            let hang = HangLimit()
            var changes = [UInt8](repeating: 0, count: 4_096)
            while !log.contains(text) {
                var wanted = pollfd(fd: watch, events: Int16(POLLIN), revents: 0)
                // So that it is read again also when the system has told nothing.
                guard !hang.isOver, poll(&wanted, 1, 5_000) >= 0 else { return false }
                if wanted.revents != 0 { _ = read(watch, &changes, changes.count) }
            }
            return true
        }
    }
}
