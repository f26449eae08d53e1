import ControlAPI
import ControlClient
import TestPrograms
import Testing

/// The built daemon: signals before their saga, and a start with nothing moving.
@Suite(.serialized, .timeLimit(.minutes(30))) struct EarlyTests {
    @Test func `a signal before its saga survives kill -9 and confirms the order`() async throws {
        let hotel = try await Hotel()
        let kept = try await hotel.yogictl("signal", "--workflow", "reservation", "--key", "early-1", "confirm")
        #expect(kept.status == 0, "\(kept)")
        #expect(kept.output.hasPrefix("kept: until 20") && kept.output.hasSuffix(", for the saga of 'early-1'\n"))
        await hotel.daemon.kill()
        try await hotel.daemon.start()
        let answer = try await hotel.withClient { client in
            try await client.start(
                "reservation", key: "early-1", input: Hotel.input(),
                wait: Wait("ended", milliseconds: HangLimit.milliseconds))
        }
        #expect(answer.saga.state == "Confirmed")
        #expect(answer.saga.status == "succeeded")
        #expect(await hotel.daemon.terminate() == 0)
    }

    @Test func `a daemon started paused takes nothing and shows everything until it is resumed`() async throws {
        let hotel = try await Hotel()
        let id = try await hotel.reserve()
        await hotel.daemon.kill()
        let paused = try await RunningProgram(
            "yogiyogid",
            [
                "--config", hotel.folder.file("yogiyogid.yaml"), "--state-dir", hotel.folder.file("state"), "--socket",
                hotel.socket, "--workflows", Programs.root() + "/workflows/reservation.yaml", "--paused",
            ], in: hotel.folder)
        let refused = try await hotel.yogictl("cancel", id)
        #expect(refused.errors.hasPrefix("yogictl: Paused (the daemon was started paused, and nothing moves;"))
        #expect(refused.status != 0)
        #expect(
            try await hotel.yogictl("status").output.contains("PAUSED   nothing moves until 'yogictl resume --all'\n"))
        #expect(try await hotel.yogictl("list").output.contains(id.prefix(8)))
        #expect(
            try await hotel.yogictl("resume", "--all", "--reason", "looked at")
                == Run(status: 0, output: "resumed: everything goes on\n"))
        #expect(try await hotel.confirm(id).status == "succeeded")
        #expect(await paused.terminate() == 0)
    }
}
