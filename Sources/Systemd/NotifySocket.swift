import Foundation
import Glibc
import Synchronization

/// `$NOTIFY_SOCKET` (sd_notify(3)), spoken to without waiting.
///
/// sd_notify itself waits while the service manager's queue is full: on a loaded machine, or with a manager that hangs, it would hold a
/// thread that runs tasks, or the one that feeds the watchdog. Here a message leaves at once; what finds the queue full is handed to a
/// thread that may wait, in its order.
final class NotifySocket: Sendable {
    private struct State {
        var waiting: [String] = []
        var isDraining = false
    }

    /// Of short lines that come some a minute: more means that nobody reads, and the newest are lost.
    static let waitingMax = 64

    private let descriptor: Int32
    private let address: sockaddr_un
    private let addressSize: socklen_t
    private let state = Mutex(State())

    /// Nil for what is no path and no abstract name (`@…`), or too long for either.
    init?(_ name: String) {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(name.utf8)
        let room = MemoryLayout.size(ofValue: address.sun_path)
        guard bytes.count > 1, bytes.count < room, let first = bytes.first, "/@".utf8.contains(first) else {
            return nil
        }
        withUnsafeMutableBytes(of: &address.sun_path) { path in
            path.copyBytes(from: bytes)
            if first == UInt8(ascii: "@") { path[0] = 0 }
        }
        self.address = address
        // unix(7): an abstract name is as long as it says, and a path may be as long as its address.
        addressSize = socklen_t(MemoryLayout<sockaddr_un>.size - room + bytes.count)
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
    }

    deinit { close(descriptor) }

    /// Sends a datagram, or leaves it to the thread that waits; what cannot be sent is lost in silence.
    func send(_ text: String) {
        let drains = state.withLock { state in
            // Not past those that wait.
            if !state.isDraining, post(text, Int32(MSG_DONTWAIT)) != EAGAIN { return false }
            guard state.waiting.count < Self.waitingMax else { return false }
            state.waiting.append(text)
            defer { state.isDraining = true }
            return !state.isDraining
        }
        if drains { Thread.detachNewThread { self.drain() } }
    }

    private func drain() {
        while let text = next() { _ = post(text, 0) }
    }

    private func next() -> String? {
        state.withLock { state in
            guard state.waiting.isEmpty else { return state.waiting.removeFirst() }
            state.isDraining = false
            return nil
        }
    }

    /// - Returns: 0, or the error.
    private func post(_ text: String, _ flags: Int32) -> Int32 {
        let bytes = Array(text.utf8)
        return withUnsafeBytes(of: address) { address in
            let name = address.assumingMemoryBound(to: sockaddr.self).baseAddress
            repeat {
                let sent = sendto(descriptor, bytes, bytes.count, flags | Int32(MSG_NOSIGNAL), name, addressSize)
                if sent >= 0 { return 0 }
            } while errno == EINTR
            return errno
        }
    }
}
