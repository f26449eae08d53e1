import Glibc

/// Waits for many sockets on one thread (poll(2)).
final class Poller {
    private var sockets: [pollfd] = []

    /// Tells of `socket` from now on, whenever there is something to read.
    func add(_ socket: Int32) { sockets.append(pollfd(fd: socket, events: Int16(POLLIN), revents: 0)) }

    func remove(_ socket: Int32) { sockets.removeAll { $0.fd == socket } }

    /// The sockets that can be read, after `milliseconds` at the latest.
    func wait(milliseconds: Int32) -> [Int32] {
        guard poll(&sockets, nfds_t(sockets.count), milliseconds) > 0 else { return [] }
        return sockets.filter { $0.revents != 0 }.map(\.fd)
    }
}
