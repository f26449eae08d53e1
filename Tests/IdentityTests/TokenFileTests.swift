import Basics
import Foundation
import Glibc
import Synchronization
import Testing

@testable import Identity

/// Whether a call has come back.
private final class Adding: Sendable {
    let isDone = Mutex(false)
}

struct TokenFileTests {
    private func inFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "identity-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder)
    }

    private func add(_ name: String, to file: TokenFile, seed: UInt64) throws -> String {
        var generator = SplitMix64(seed: seed)
        return try file.add(
            TokenRequest(name: name, roles: ["viewer"], lifetime: nil, now: Fixture.now), using: &generator)
    }

    private func mode(_ path: String) throws -> Int {
        try #require(FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
    }

    @Test func `tokens are added, listed and revoked, and the file is its owner's alone`() throws {
        try inFolder { folder in
            let file = TokenFile(path: folder + "/tokens")
            let (first, second) = (try add("ada", to: file, seed: 1), try add("desk", to: file, seed: 2))
            #expect(try mode(folder + "/tokens") == 0o600)
            let list = try file.read()
            #expect(list.entries.map(\.name.text) == ["ada", "desk"])
            #expect(try file.revoke(list.entries[0].id) == 1)
            #expect(try file.read().entry(shown: first) == nil)
            #expect(try file.read().entry(shown: second)?.name.text == "desk")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["tokens"])
        }
    }

    @Test func `what a person wrote between stays`() throws {
        try inFolder { folder in
            let file = TokenFile(path: folder + "/tokens")
            _ = try add("ada", to: file, seed: 1)
            let own = "# the desk\n\n" + (try String(contentsOfFile: folder + "/tokens", encoding: .utf8)).dropLast()
            try own.write(toFile: folder + "/tokens", atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: folder + "/tokens")
            _ = try add("bob", to: file, seed: 2)
            _ = try add("bob", to: file, seed: 3)
            #expect(try file.revoke("bob") == 2)
            #expect(try String(contentsOfFile: folder + "/tokens", encoding: .utf8) == own + "\n")
            #expect(try mode(folder + "/tokens") == 0o600)
        }
    }

    @Test func `two that add at once lose neither line`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "identity-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for seed in 0..<UInt64(8) {
                group.addTask { _ = try add("u\(seed)", to: TokenFile(path: folder + "/tokens"), seed: seed) }
            }
            try await group.waitForAll()
        }
        #expect(try TokenFile(path: folder + "/tokens").read().entries.count == 8)
    }

    /// Another process has the lock, and adds a line of its own meanwhile: `add` is seen to wait for it in the kernel's table of locks.
    @Test func `who adds waits for who is at it, and reads what that one wrote`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "identity-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = folder + "/tokens"
        let inode = try #require(FileManager.default.attributesOfItem(atPath: folder)[.systemFileNumber] as? Int)
        let lock = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        try #require(flock(lock, LOCK_EX) == 0)
        let adding = Adding()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { adding.isDone.withLock { $0 = true } }
                _ = try add("ada", to: TokenFile(path: path), seed: 1)
            }
            while !adding.isDone.withLock({ $0 }) {
                let locks = try String(contentsOfFile: "/proc/locks", encoding: .utf8).split(separator: "\n")
                if locks.contains(where: { $0.contains("->") && $0.contains(":\(inode) ") }) { break }
                await Task.yield()
            }
            let isEarly = adding.isDone.withLock { $0 }
            #expect(!isEarly)
            try (Fixture.token("desk", seed: 2).entry.line + "\n").write(
                toFile: path, atomically: true, encoding: .utf8)
            close(lock)
            try await group.waitForAll()
        }
        #expect(try TokenFile(path: path).read().entries.map(\.name.text) == ["desk", "ada"])
    }

    @Test func `a link is followed and stays one`() throws {
        try inFolder { folder in
            try FileManager.default.createDirectory(atPath: folder + "/real", withIntermediateDirectories: true)
            let file = TokenFile(path: folder + "/link")
            _ = try add("ada", to: TokenFile(path: folder + "/real/tokens"), seed: 1)
            try FileManager.default.createSymbolicLink(
                atPath: folder + "/link", withDestinationPath: folder + "/real/tokens")
            _ = try add("bob", to: file, seed: 2)
            #expect(try TokenFile(path: folder + "/real/tokens").read().entries.count == 2)
            #expect(
                try FileManager.default.destinationOfSymbolicLink(atPath: folder + "/link").hasSuffix("real/tokens"))
        }
    }

    @Test func `a file that others may write, that is none, or that is not there is refused in words`() throws {
        try inFolder { folder in
            let file = TokenFile(path: folder + "/tokens")
            #expect(throws: IdentityError.self) { try file.read() }
            #expect(throws: IdentityError.self) { try file.revoke("ada") }
            _ = try add("ada", to: file, seed: 1)
            #expect(throws: IdentityError.self) { try file.revoke("bob") }
            try FileManager.default.setAttributes([.posixPermissions: 0o660], ofItemAtPath: folder + "/tokens")
            let error = #expect(throws: IdentityError.self) { try file.read() }
            #expect(error?.description.contains("chmod 600") == true)
            #expect(throws: IdentityError.self) { try TokenFile(path: folder).read() }
            #expect(throws: IdentityError.self) { try add("ada", to: TokenFile(path: folder + "/no/tokens"), seed: 1) }
        }
    }

    @Test func `a file that is broken is not written over`() throws {
        try inFolder { folder in
            let path = folder + "/tokens"
            try "nonsense\n".write(toFile: path, atomically: true, encoding: .utf8)
            #expect(throws: IdentityError.self) { try add("ada", to: TokenFile(path: path), seed: 1) }
            #expect(try String(contentsOfFile: path, encoding: .utf8) == "nonsense\n")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["tokens"])
        }
    }
}
