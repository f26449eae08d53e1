import Testing

@Suite struct RekeyTests {
    private static func answer(_ word: String, anew: Bool) -> String {
        #"{"answer":"\#(word)","wrappedAnew":\#(anew),"seal":{"dataKey":2,"masterKey":"00112233445566ff","origin":"#
            + #""the credential 'store-key'","progress":{"done":0,"total":17}}}"#
    }

    @Test func `what was renewed is a line each`() async throws {
        let daemon = try ScriptedDaemon(.json(Self.answer("renewed", anew: true)))
        let run = try await daemon.run("rekey", "--reason", "a year has passed")
        #expect(run.error == "")
        #expect(
            run.output == """
                master key 00112233445566ff from now on (the credential 'store-key'): keep a copy of it apart from the backups
                data key 2 from now on: 'yogictl status' shows how far older rows are sealed by it

                """)
        #expect(run.status == 0)
        #expect(daemon.requests == ["POST /v1/rekey\n" + #"{"reason":"a year has passed"}"#])
    }

    @Test func `the master key that is the same as before is told`() async throws {
        let json = Self.answer("unchanged", anew: false)
        let daemon = try ScriptedDaemon(.json(json), .json(json))
        #expect(
            try await daemon.run("rekey", "--wrap-only", "--reason", "r").output
                == "master key 00112233445566ff as before (the credential 'store-key'): put a new one in its place to change it\n"
        )
        #expect(try await daemon.run("rekey", "--wrap-only", "--reason", "r", "--output", "json").output == json + "\n")
        #expect(daemon.requests.first == "POST /v1/rekey\n" + #"{"reason":"r","wrapOnly":true}"#)
    }

    @Test func `a blank reason is a mistake of usage`() async throws {
        let daemon = try ScriptedDaemon()
        let run = try await daemon.run("rekey", "--reason", " ")
        #expect(run.status == 2)
        #expect(daemon.requests == [])
    }
}
