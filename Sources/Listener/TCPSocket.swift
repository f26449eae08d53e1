import Glibc

/// A listening TCP socket.
enum TCPSocket {
    /// Listens on the first address that `host` resolves to, and says which port it got.
    static func bind(host: String, port: Int, backlog: Int32) throws(ListenError) -> (descriptor: Int32, port: Int) {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        var found: UnsafeMutablePointer<addrinfo>?
        let outcome = getaddrinfo(host, String(port), &hints, &found)
        guard outcome == 0, let found else {
            throw ListenError(
                .unknownHost, "cannot listen on \(host):\(port): \(String(cString: gai_strerror(outcome)))")
        }
        defer { freeaddrinfo(found) }
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = socket(found.pointee.ai_family, kind, found.pointee.ai_protocol)
        guard descriptor >= 0 else { throw .system("cannot make a TCP socket for \(host):\(port)", errno: errno) }
        var on: Int32 = 1
        // A restart must not wait for the connections of the former process to leave TIME_WAIT.
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        guard Glibc.bind(descriptor, found.pointee.ai_addr, found.pointee.ai_addrlen) == 0,
            listen(descriptor, backlog) == 0
        else {
            let code = errno
            close(descriptor)
            guard code == EADDRINUSE else { throw .system("cannot listen on \(host):\(port)", errno: code) }
            throw ListenError(.inUse, "\(host):\(port) is in use by another process")
        }
        return (descriptor, boundPort(descriptor) ?? port)
    }

    private static func boundPort(_ descriptor: Int32) -> Int? {
        var storage = sockaddr_in6()  // Holds a sockaddr_in as well; the port is at the same place in both.
        var size = socklen_t(MemoryLayout<sockaddr_in6>.size)
        let outcome = withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) }
        }
        return outcome == 0 ? Int(UInt16(bigEndian: storage.sin6_port)) : nil
    }
}
