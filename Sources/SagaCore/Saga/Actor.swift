/// Who sent a command, as the kernel attests it (SO_PEERCRED).
public struct Actor: Sendable, Hashable, CustomStringConvertible {
    /// The effective user id of the peer when it connected.
    public var uid: UInt32
    /// Its effective group id, without its supplementary groups.
    public var gid: UInt32
    /// Its process id when it connected; may belong to another process by now.
    public var pid: Int32

    /// The three ids of a `struct ucred` (unix(7)).
    public init(uid: UInt32, gid: UInt32, pid: Int32) {
        self.uid = uid
        self.gid = gid
        self.pid = pid
    }

    public var description: String { "uid=\(uid) gid=\(gid) pid=\(pid)" }
}
