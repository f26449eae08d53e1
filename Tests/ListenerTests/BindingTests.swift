import AsyncHTTPClient
import Foundation
import Glibc
import Listener
import Testing

struct BindingTests {
    @Test func `a path that is being served is refused and goes on answering`() async throws {
        let folder = try Folder()
        let address = ListenAddress.unix(path: folder.path + "/s", mode: 0o600)
        try await serving(address, routes()) { bound, _ in
            let error = #expect(throws: ListenError.self) { try ListeningSocket(address) }
            #expect(error?.code == .inUse)
            #expect(
                error?.message
                    == "the socket \(folder.path)/s is in use by another process (pid \(getpid()) uid \(getuid()))")
            let client = try RawClient(bound)
            try client.send("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(try await client.readAnswer().hasSuffix("hello"))
        }
    }

    @Test func `a path whose queue is full is in use all the same`() throws {
        let folder = try Folder()
        let path = folder.path + "/s"
        let owner = boundSocket(path, listening: true)
        defer { close(owner) }
        listen(owner, 0)
        let waiting = try RawClient(.unix(path: path, mode: 0))
        let error = #expect(throws: ListenError.self) { try ListeningSocket(.unix(path: path, mode: 0o600)) }
        #expect(error?.message == "the socket \(path) is in use by another process")
        withExtendedLifetime(waiting) {}
    }

    @Test func `the socket that a killed process left is replaced`() async throws {
        let folder = try Folder()
        let path = folder.path + "/s"
        close(boundSocket(path, listening: true))
        #expect(FileManager.default.fileExists(atPath: path))
        try await serving(.unix(path: path, mode: 0o600), routes()) { bound, _ in
            let client = try RawClient(bound)
            try client.send("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(try await client.readAnswer().hasSuffix("hello"))
        }
    }

    @Test func `a file that is no socket is refused and kept`() throws {
        let folder = try Folder()
        let path = folder.path + "/s"
        try Data("precious".utf8).write(to: URL(fileURLWithPath: path))
        let error = #expect(throws: ListenError.self) { try ListeningSocket(.unix(path: path, mode: 0o600)) }
        #expect(error?.code == .notASocket)
        #expect(error?.message == "'\(path)' exists and is not a socket: remove it or listen elsewhere")
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data("precious".utf8))
    }

    @Test func `a symbolic link is refused, even to a dead socket`() throws {
        let folder = try Folder()
        close(boundSocket(folder.path + "/dead", listening: true))
        symlink(folder.path + "/dead", folder.path + "/s")
        let error = #expect(throws: ListenError.self) {
            try ListeningSocket(.unix(path: folder.path + "/s", mode: 0o600))
        }
        #expect(error?.code == .notASocket)
    }

    @Test func `a path has 107 bytes at most`() throws {
        let folder = try Folder()
        let longest = folder.path + "/" + String(repeating: "s", count: 107 - folder.path.utf8.count - 1)
        _ = try ListeningSocket(.unix(path: longest, mode: 0o600))
        let error = #expect(throws: ListenError.self) { try ListeningSocket(.unix(path: longest + "s", mode: 0o600)) }
        #expect(error?.code == .pathTooLong)
        #expect(
            error?.message
                == "the socket path '\(longest)s' has 108 bytes; a Unix socket's path has 107 at most")
    }

    @Test func `a folder that is missing is named`() throws {
        let error = #expect(throws: ListenError.self) { try ListeningSocket(.unix(path: "/nowhere/s", mode: 0o600)) }
        #expect(error?.message == "cannot bind the socket '/nowhere/s': No such file or directory")
    }

    @Test(arguments: [0o600, 0o660, 0o666] as [UInt32]) func `the file has the mode it was asked for`(mode: UInt32)
        throws
    {
        let folder = try Folder()
        let socket = try ListeningSocket(.unix(path: folder.path + "/s", mode: mode))
        try withExtendedLifetime(socket) {
            let facts = try FileManager.default.attributesOfItem(atPath: folder.path + "/s")
            #expect(facts[.posixPermissions] as? UInt32 == mode)
        }
    }

    @Test func `dropping a socket unlinks its own file and no other`() throws {
        let folder = try Folder()
        let path = folder.path + "/s"
        var first: ListeningSocket? = try ListeningSocket(.unix(path: path, mode: 0o600))
        #expect(FileManager.default.fileExists(atPath: path))
        unlink(path)
        let second = try ListeningSocket(.unix(path: path, mode: 0o600))
        #expect(first != nil)
        first = nil
        #expect(FileManager.default.fileExists(atPath: path))
        withExtendedLifetime(second) {}
    }

    @Test func `a TCP port that is taken is refused`() throws {
        let owner = try ListeningSocket(.tcp(host: "127.0.0.1", port: 0))
        let error = #expect(throws: ListenError.self) { try ListeningSocket(owner.address) }
        #expect(error?.message == "\(owner.address) is in use by another process")
    }

    @Test func `a host without an address is refused`() throws {
        let error = #expect(throws: ListenError.self) { try ListeningSocket(.tcp(host: "no.such.invalid", port: 80)) }
        #expect(error?.code == .unknownHost)
    }

    @Test func `a descriptor that does not listen is refused`() throws {
        let error = #expect(throws: ListenError.self) { try ListeningSocket(.descriptor(1_000_000)) }
        #expect(error?.message == "the inherited descriptor 1000000 is not a socket: Bad file descriptor")
        let folder = try Folder()
        let bound = boundSocket(folder.path + "/s", listening: false)
        let second = #expect(throws: ListenError.self) { try ListeningSocket(.descriptor(bound)) }
        #expect(second?.code == .notListening)
        close(bound)
    }
}
