/// Who sent a command, as the kernel attests it (SO_PEERCRED), and for whom, as the sender says.
public struct Actor: Sendable, Hashable, CustomStringConvertible {
    /// The effective user id of the peer when it connected.
    public var uid: UInt32
    /// Its effective group id, without its supplementary groups.
    public var gid: UInt32
    /// Its process id when it connected; may belong to another process by now.
    public var pid: Int32
    /// Whom it spoke for, where it may speak for others: `guest:17`, `user:ada`. The kernel knows nothing of these.
    public var behalf: String?

    /// The three ids of a `struct ucred` (unix(7)).
    public init(uid: UInt32, gid: UInt32, pid: Int32, behalf: String? = nil) {
        self.uid = uid
        self.gid = gid
        self.pid = pid
        self.behalf = behalf
    }

    public var description: String {
        let kernel = "uid=\(uid) gid=\(gid) pid=\(pid)"
        return behalf.map { "\(kernel) for=\($0)" } ?? kernel
    }
}
