import Testing

@Suite struct EarlyTests {
    @Test func `a signal by key that is kept prints until when`() async throws {
        let daemon = try ScriptedDaemon(
            .json(
                "202 Accepted",
                #"{"answer":"kept","workflow":"reservation","key":"a/1","signal":"confirm","until":"2027-01-01T11:00:00.000Z"}"#
            ))
        let run = try await daemon.run(
            "signal", "--workflow", "reservation", "--key", "a/1", "confirm", "--for", "1h", "--id", "s-1")
        #expect(run.error == "")
        #expect(run.output == "kept: until 2027-01-01T11:00:00.000Z, for the saga of 'a/1'\n")
        #expect(run.status == 0)
        #expect(
            daemon.requests == [
                "POST /v1/workflows/reservation/keys/a%2F1/signals/confirm\n" + #"{"id":"s-1","for":"1h"}"#
            ])
    }

    @Test func `a signal by key to a live saga prints what became of it`() async throws {
        let daemon = try ScriptedDaemon(.json("202 Accepted", #"{"answer":"handled","saga":\#(Resources.reserved)}"#))
        let run = try await daemon.run("signal", "--workflow", "reservation", "--key", "k", "confirm")
        #expect(run.output == "handled: waiting in Reserved\n")
    }

    @Test(arguments: [
        (["signal", "--key", "k", "confirm"], "--workflow and --key belong together."),
        (["signal", "--workflow", "w", "--key", "k", "0190a1b2c3d4", "confirm"], "An id with --key."),
        (["signal", "0190a1b2c3d4", "confirm", "--for", "1h"], "--for without --key."),
        (["signal", "--workflow", "w", "--key", "k", "go", "--for", "soon"], "--for 'soon' is no duration."),
        (["resume", "--reason", "r"], "No saga. Give its id, or choose many"),
        (["resume", "--all", "0190a1b2c3d4", "--reason", "r"], "--all with a saga."),
    ])
    func `what does not fit together is exit status 2`(arguments: [String], message: String) async throws {
        let run = try await Program.run(arguments)
        #expect(run.status == 2)
        #expect(run.error.contains("yogictl: \(message)"), "\(run.error)")
    }

    @Test func `resume --all lets a paused daemon go on`() async throws {
        let daemon = try ScriptedDaemon(.json(#"{"answer":"resumed"}"#), .json(#"{"answer":"already"}"#))
        let first = try await daemon.run("resume", "--all", "--reason", "looked at")
        #expect(first.output == "resumed: everything goes on\n")
        #expect(daemon.requests == ["POST /v1/resume\n" + #"{"reason":"looked at"}"#])
        let second = try await daemon.run("resume", "--all", "--reason", "looked at")
        #expect(second.output == "already: nothing was paused\n")
        #expect(second.status == 0)
    }
}
