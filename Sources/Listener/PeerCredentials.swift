import Glibc
import NIOCore

/// Who is at the other end of a Unix connection, as the kernel saw it when the peer connected (unix(7), SO_PEERCRED).
public struct PeerCredentials: Sendable, Hashable {
    /// The process; it may have ended since.
    public let pid: Int32
    /// Its effective user.
    public let uid: UInt32
    /// Its effective primary group.
    public let gid: UInt32
    /// Its other groups (SO_PEERGROUPS); empty where the kernel does not say.
    public let groups: [UInt32]

    /// The peer of the request that this task answers; nil over TCP.
    @TaskLocal public static var current: PeerCredentials?

    /// For tests and for callers that stand for another process.
    public init(pid: Int32, uid: UInt32, gid: UInt32, groups: [UInt32] = []) {
        self.pid = pid
        self.uid = uid
        self.gid = gid
        self.groups = groups
    }

    /// The peer of the connected Unix socket `descriptor`; nil for another kind of socket.
    ///
    /// On a connecting socket the peer is the process that called listen(2).
    init?(descriptor: Int32) {
        // Glibc's `struct ucred` is not imported by Swift: the same three 32-bit words.
        var words: (pid: Int32, uid: UInt32, gid: UInt32) = (0, 0, 0)
        var size = socklen_t(MemoryLayout.size(ofValue: words))
        guard getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &words, &size) == 0, words.pid > 0 else { return nil }
        self.init(pid: words.pid, uid: words.uid, gid: words.gid, groups: Self.groups(descriptor))
    }

    /// The kernel says how many there are when they do not fit.
    private static func groups(_ descriptor: Int32) -> [UInt32] {
        var groups = [UInt32](repeating: 0, count: 32)
        for _ in 1...2 {
            var size = socklen_t(groups.count * MemoryLayout<UInt32>.size)
            let result = getsockopt(descriptor, SOL_SOCKET, SO_PEERGROUPS, &groups, &size)
            let count = Int(size) / MemoryLayout<UInt32>.size
            if result == 0 { return Array(groups.prefix(count)) }
            guard errno == ERANGE else { break }
            groups = Array(repeating: 0, count: count)
        }
        return []
    }
}
