import Foundation
import Glibc
import Systemd
import Testing

struct EnvironmentTests {
    @Test func `inherited sockets have their names, and are taken once`() async {
        await #expect(processExitsWith: .success) {
            // Another thread of the runner may have 3 or 4 open for a moment, and close it after it was looked at: then again.
            var taken: [InheritedDescriptor] = []
            for _ in 1...1000 where taken.isEmpty {
                for number in 3...4 as ClosedRange<Int32> where fcntl(number, F_GETFD) < 0 { dup2(1, number) }
                setenv("LISTEN_PID", "\(getpid())", 1)
                setenv("LISTEN_FDS", "2", 1)
                setenv("LISTEN_FDNAMES", "control:metrics", 1)
                taken = ListenDescriptors.take()
            }
            #expect(taken.map(\.descriptor) == [3, 4])
            #expect(taken.map(\.name) == ["control", "metrics"])
            #expect(getenv("LISTEN_FDS") == nil)
            #expect(ListenDescriptors.take() == [])
        }
    }

    @Test func `sockets of another process are not ours`() async {
        await #expect(processExitsWith: .success) {
            setenv("LISTEN_PID", "1", 1)
            setenv("LISTEN_FDS", "1", 1)
            #expect(ListenDescriptors.take() == [])
        }
    }

    @Test func `a credential is read without its last line break`() throws {
        let folder = try Folder()
        try Data("s3cret\n".utf8).write(to: URL(fileURLWithPath: folder.path + "/token"))
        let credentials = Credentials(directory: folder.path)
        #expect(try credentials.text(named: "token") == "s3cret")
        #expect(try credentials.text(named: "other") == nil)
        #expect(try Credentials(directory: nil).text(named: "token") == nil)
    }

    @Test func `a credential that cannot be used is named, and none of its bytes`() throws {
        let folder = try Folder()
        let credentials = Credentials(directory: folder.path)
        try Data([0x73, 0xff, 0xfe]).write(to: URL(fileURLWithPath: folder.path + "/binary"))
        let binary = #expect(throws: Credentials.Failure.self) { try credentials.text(named: "binary") }
        #expect(binary?.description == "the credential \(folder.path)/binary is not UTF-8 text")
        try Data(count: Credentials.bytesMax + 1).write(to: URL(fileURLWithPath: folder.path + "/large"))
        let large = #expect(throws: Credentials.Failure.self) { try credentials.text(named: "large") }
        #expect(large?.description == "the credential \(folder.path)/large has 1048577 bytes; 1048576 is the limit")
        for name in ["", "..", ".", "../token", "a/b"] {
            #expect(throws: Credentials.Failure.self) { try credentials.text(named: name) }
        }
    }
}

struct Folder: ~Copyable {
    let path = "/tmp/yc-\(UUID().uuidString.prefix(8))"

    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false) }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
