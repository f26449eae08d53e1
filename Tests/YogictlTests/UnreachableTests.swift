import Testing

@Suite struct UnreachableTests {
    @Test(arguments: [
        ["start", "w"], ["list"], ["show", "0199c3a0"], ["history", "0199c3a0"], ["history", "0199c3a0", "--follow"],
        ["watch", "0199c3a0"], ["signal", "0199c3a0", "s"], ["cancel", "0199c3a0"], ["view", "v"], ["workflows"],
        ["status"],
        ["health"],
    ])
    func `without a daemon the exit status is 4`(arguments: [String]) async throws {
        let run = try await Program.run(arguments, environment: ["YOGIYOGI_SOCKET": "/tmp/no-such-folder/y.sock"])
        #expect(run.status == 4)
        #expect(run.output == "")
        #expect(
            run.error == """
                yogictl: cannot reach the daemon at '/tmp/no-such-folder/y.sock' (No such file or directory). Start \
                yogiyogid, or name its socket with --socket or YOGIYOGI_SOCKET

                """)
    }

    @Test func `the option goes before the environment`() async throws {
        let daemon = try ScriptedDaemon(.json(#"{"sagas":[]}"#))
        let run = try await Program.run("--socket", daemon.socket, "list", environment: ["YOGIYOGI_SOCKET": "/nowhere"])
        #expect(run.output == "no sagas\n")
    }

    @Test func `without any name the user's own daemon is found`() async throws {
        let folder = try Folder()
        let run = try await Program.run("list", environment: ["YOGIYOGI_SOCKET": "", "XDG_RUNTIME_DIR": folder.root])
        #expect(run.error.contains("'/run/yogiyogi.sock'"))
        _ = try folder.write("yogiyogi.sock", "a file in the way")
        let found = try await Program.run("list", environment: ["YOGIYOGI_SOCKET": "", "XDG_RUNTIME_DIR": folder.root])
        #expect(found.error.contains("'\(folder.path("yogiyogi.sock"))' (Connection refused)"), "\(found.error)")
    }

    @Test func `a path that is too long for a socket is named`() async throws {
        let path = "/" + String(repeating: "a", count: 107)
        let run = try await Program.run("list", "--socket", path)
        #expect(run.status == 4)
        #expect(
            run.error.hasPrefix("yogictl: cannot reach the daemon at '\(path)' (a socket's path has 1 to 107 bytes). "))
    }

    @Test func `a daemon that hangs up leaves the outcome open`() async throws {
        let daemon = try ScriptedDaemon(.raw(""))
        let run = try await daemon.run("start", "w")
        #expect(run.status == 4)
        #expect(run.output == "")
        #expect(
            run.error == """
                yogictl: no answer from the daemon at '\(daemon.socket)' (it closed the connection). Whether it did what it \
                was asked is not known: look with 'yogictl list'; a start with the same --key is never done twice, nor a \
                signal with the same --id

                """)
        #expect(daemon.requests.count == 1)
    }

    @Test func `what is no yogiyogid is told so`() async throws {
        let daemon = try ScriptedDaemon(.raw("SSH-2.0-OpenSSH_9\r\n"), .json("[]"), .json("502 Bad Gateway", "<html>"))
        for what in ["the answer is no HTTP", "a list of sagas is not a JSON object", "HTTP status 502"] {
            let run = try await daemon.run("list")
            #expect(run.status == 4)
            #expect(run.error.hasPrefix("yogictl: the daemon was not understood: \(what)"), "\(run.error)")
        }
    }
}
