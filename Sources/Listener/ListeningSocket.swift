import Glibc
import Synchronization

/// A socket that already listens: connections queue in the kernel from here on, before anything accepts them.
///
/// Made before the service runs, so that an address which cannot be had stops the program before it says that it is ready. Whoever
/// drops it unused closes it, and unlinks the path that it bound.
public final class ListeningSocket: Sendable {
    /// The address as bound: TCP port 0 has become the kernel's choice.
    public let address: ListenAddress
    /// The longest queue of connections that wait to be accepted; the kernel caps it at net.core.somaxconn.
    let backlog: Int32
    /// The file that a Unix bind created, to be unlinked by us alone.
    private let file: UnixSocketFile?
    /// Ours to close until it is handed over.
    private let descriptor: Mutex<Int32?>

    /// Binds and listens.
    ///
    /// - Parameter backlog: connections that may wait; 4,096 is what Linux allows by default (listen(2)), and a burst of clients
    ///   beyond it gets EAGAIN on a Unix socket.
    /// - Throws: ``ListenError`` when another process answers there, when the path holds something else, or when the system refuses.
    public init(_ address: ListenAddress, backlog: Int32 = 4096) throws(ListenError) {
        self.backlog = backlog
        switch address {
        case .unix(let path, let mode):
            let (descriptor, file) = try UnixSocketFile.bind(path: path, mode: mode, backlog: backlog)
            self.address = address
            self.file = file
            self.descriptor = Mutex(descriptor)
        case .tcp(let host, let port):
            let (descriptor, bound) = try TCPSocket.bind(host: host, port: port, backlog: backlog)
            self.address = .tcp(host: host, port: bound)
            self.file = nil
            self.descriptor = Mutex(descriptor)
        case .descriptor(let descriptor):
            try Self.checkInherited(descriptor)
            self.address = address
            self.file = nil
            self.descriptor = Mutex(descriptor)
        }
    }

    deinit {
        if let descriptor = takeDescriptor() { close(descriptor) }
        file?.unlinkIfOurs()
    }

    /// Hands the descriptor over; whoever takes it closes it. Nil the second time.
    func takeDescriptor() -> Int32? {
        descriptor.withLock { held in
            defer { held = nil }
            return held
        }
    }

    /// Removes the path that was bound, if it still leads to this socket.
    func unlinkPath() {
        file?.unlinkIfOurs()
    }

    /// sd_listen_fds(3) leaves it to us to see that what was passed is what we can serve.
    private static func checkInherited(_ descriptor: Int32) throws(ListenError) {
        var listens: Int32 = 0
        var kind: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        guard getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &kind, &size) == 0 else {
            throw .system("the inherited descriptor \(descriptor) is not a socket", errno: errno)
        }
        guard getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0, listens != 0,
            kind == Int32(SOCK_STREAM.rawValue)
        else {
            throw ListenError(
                .notListening,
                "the inherited descriptor \(descriptor) is no listening stream socket: "
                    + "the .socket unit needs ListenStream= and Accept=no")
        }
    }
}
