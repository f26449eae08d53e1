import Foundation
import Glibc

/// The file of a Unix socket that this process bound: how it comes to be, and how it goes.
struct UnixSocketFile: Sendable {
    let path: String
    /// Which file we made: another process may have put its own there since.
    let identity: Identity

    /// A file's device and inode. (Foundation's reading of lstat(2): Glibc's `stat` belongs to one of NIO's C modules here.)
    struct Identity: Sendable, Hashable {
        let device: Int
        let inode: Int
        let isSocket: Bool

        /// Nil when nothing is at `path` or it cannot be looked at; a symbolic link is not followed.
        init?(path: String) {
            guard let facts = try? FileManager.default.attributesOfItem(atPath: path),
                let device = facts[.systemNumber] as? Int, let inode = facts[.systemFileNumber] as? Int
            else { return nil }
            self.device = device
            self.inode = inode
            isSocket = facts[.type] as? FileAttributeType == .typeSocket
        }
    }

    /// Creates the socket file and listens on it.
    ///
    /// A socket that answers belongs to somebody and is left alone; one that refuses is what a killed process left, and goes.
    static func bind(path: String, mode: UInt32, backlog: Int32) throws(ListenError) -> (Int32, UnixSocketFile) {
        var address = try socketAddress(path)
        try clear(path, &address)
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw .system("cannot make a Unix socket for '\(path)'", errno: errno) }
        do throws(ListenError) {
            // unix_bind takes the file's mode from the socket's, so nobody but us can connect before the chmod below. (A umask would
            // do the same for the whole process, and for the files that other threads make meanwhile.)
            guard fchmod(descriptor, 0o600) == 0 else { throw .system("cannot protect '\(path)'", errno: errno) }
            guard withSocketAddress(&address, { Glibc.bind(descriptor, $0, $1) }) == 0 else {
                throw .system("cannot bind the socket '\(path)'", errno: errno)
            }
            guard chmod(path, mode) == 0 else { throw .system("cannot set the mode of '\(path)'", errno: errno) }
            guard listen(descriptor, backlog) == 0 else { throw .system("cannot listen on '\(path)'", errno: errno) }
            guard let identity = Identity(path: path) else {
                throw ListenError(.system, "the socket '\(path)' was removed while it was made")
            }
            return (descriptor, UnixSocketFile(path: path, identity: identity))
        } catch {
            close(descriptor)
            throw error
        }
    }

    /// Unlinks the path when it still leads to the file that `bind` made.
    func unlinkIfOurs() {
        guard Identity(path: path) == identity else { return }
        unlink(path)
    }

    /// Makes way at `path`, or says who or what is in it.
    private static func clear(_ path: String, _ address: inout sockaddr_un) throws(ListenError) {
        // What cannot be looked at is bind's to report.
        guard let found = Identity(path: path) else { return }
        guard found.isSocket else {
            throw ListenError(.notASocket, "'\(path)' exists and is not a socket: remove it or listen elsewhere")
        }
        let probe = socket(
            AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        guard probe >= 0 else { throw .system("cannot make a Unix socket for '\(path)'", errno: errno) }
        defer { close(probe) }
        let answer = withSocketAddress(&address) { connect(probe, $0, $1) } == 0 ? 0 : errno
        switch answer {
        case ECONNREFUSED:
            guard unlink(path) == 0 else { throw .system("cannot remove the dead socket '\(path)'", errno: errno) }
        case 0:
            let owner = PeerCredentials(descriptor: probe).map { " (pid \($0.pid) uid \($0.uid))" } ?? ""
            throw ListenError(.inUse, "the socket \(path) is in use by another process\(owner)")
        case EAGAIN:  // Its queue is full: alive, and busy.
            throw ListenError(.inUse, "the socket \(path) is in use by another process")
        default:
            throw .system("cannot tell whether the socket \(path) is in use", errno: answer)
        }
    }

    private static func socketAddress(_ path: String) throws(ListenError) -> sockaddr_un {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytesMax = MemoryLayout.size(ofValue: address.sun_path) - 1
        guard path.utf8.count <= bytesMax else {
            throw ListenError(
                .pathTooLong,
                "the socket path '\(path)' has \(path.utf8.count) bytes; a Unix socket's path has \(bytesMax) at most")
        }
        guard !path.isEmpty, !path.utf8.contains(0) else {
            throw ListenError(.system, "a socket path must not be empty or hold a NUL byte")
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        return address
    }

    private static func withSocketAddress(
        _ address: inout sockaddr_un, _ call: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                call($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}
