import CEL
import ControlAPI
import ControlClient
import Foundation
import TestPrograms
import Testing

/// The workflow folder and the configuration are loaded again, whole or not at all, while sagas run.
@Suite(.timeLimit(.minutes(30))) struct ReloadTests {
    /// A hotel with a workflow folder of its own.
    private static func hotel() async throws -> Hotel {
        try await Hotel(workflows: { folder in
            try FileManager.default.createDirectory(atPath: folder.file("w"), withIntermediateDirectories: false)
            try FileManager.default.copyItem(
                atPath: Programs.root() + "/workflows/reservation.yaml", toPath: folder.file("w/reservation.yaml"))
            return folder.file("w")
        })
    }

    private static func edit(_ path: String, _ was: String, _ becomes: String) throws {
        let text = try String(contentsOfFile: path, encoding: .utf8)
        try #require(text.contains(was))
        try text.replacing(was, with: becomes).write(toFile: path, atomically: true, encoding: .utf8)
    }

    @Test func `a new version and another configuration are taken over, and what runs keeps its own`() async throws {
        let hotel = try await Self.hotel()
        let old = try await hotel.reserve(room: 1)
        let path = hotel.folder.file("w/reservation.yaml")
        try Self.edit(path, "version: \"1\"", "version: \"2\"")
        try Self.edit(path, "      confirm: Confirmed\n", "      confirm: Confirmed\n      accept: Confirmed\n")
        let configuration = hotel.folder.file("yogiyogid.yaml")
        try Self.edit(
            configuration, "participants:", "limits: { batch: 64, body: 2KiB }\nlog: { level: debug }\nparticipants:")
        try Self.edit(
            configuration, "failures: 5, within: 30s, cooldown: 300ms }\n  res",
            "failures: 9, within: 30s, cooldown: 300ms }\n  res")
        let reload = try await hotel.yogictl("reload")
        #expect(
            reload
                == Run(
                    status: 0,
                    output: """
                        reloaded
                        new              reservation 2
                        retired          reservation 1
                        changed          limits.batch was 512 and is 64
                        changed          limits.body was 1048576 and is 2048
                        changed          participant 'payment' has changed
                        needs a restart  log.level is info until a restart, then debug

                        """))
        #expect(try await hotel.withClient { try await $0.status().limits["body"] } == .int(2_048))
        let new = try await hotel.reserve(room: 2)
        try await hotel.withClient { client in
            #expect(try await client.show(old).version == "1")
            #expect(try await client.show(new).version == "2")
            let accepted = try await client.signal(
                new, "accept", wait: Wait("ended", milliseconds: HangLimit.milliseconds))
            #expect(accepted.saga.status == "succeeded")
        }
        // Its version knows no such signal, and goes on by what it knows.
        #expect(try await hotel.yogictl("signal", old, "accept").status == 1)
        #expect(try await hotel.confirm(old).status == "succeeded")
        #expect(await hotel.daemon.logs("notice reloaded"))
    }

    @Test func `a retention is kept to from the reload on, and given up by the next`() async throws {
        let notes = try await Notebook()
        let (open, done) = try await notes.write(4, open: 4)
        func reload() async throws -> String {
            try await Programs.run("yogictl", ["reload"], environment: ["YOGIYOGI_SOCKET": notes.socket]).output
        }
        try notes.configure("retention: { succeeded: 1ms }\n")
        #expect(try await reload() == "reloaded\nchanged  retention was for ever and is succeeded 1ms\n")
        var states = ["": ""]
        while Set(states.keys) != Set(open) {
            states = try await ControlClient.with(socketPath: notes.socket, timeout: HangLimit.milliseconds) {
                try await Notebook.states($0)
            }
        }
        #expect(done.count == 3)
        try notes.configure("retention: { succeeded: soon }\n")
        #expect(
            try await reload()
                == "\(notes.folder.file("y.yaml")):1:25: error: 'succeeded' must be a duration such as 30s, 500ms or 1h30m\n"
        )
        try notes.configure("limits: { storeCheck: 2s }\n")
        #expect(
            try await reload() == """
                reloaded
                changed          retention was succeeded 1ms and is for ever
                needs a restart  limits.storeCheck is 1s until a restart, then 2s

                """)
        #expect(await notes.daemon.terminate() == 0)
    }

    @Test func `what is wrong is said as 'yogictl check' says it, all of it, and changes nothing`() async throws {
        let hotel = try await Self.hotel()
        let id = try await hotel.reserve()
        let path = hotel.folder.file("w/reservation.yaml")
        let good = try String(contentsOfFile: path, encoding: .utf8)
        try Self.edit(path, "version: \"1\"", "version: \"2\"")
        try Self.edit(path, "initial: Ordered", "initial: Orderd")
        try good.replacing("workflow: reservation", with: "workflow: other").replacing(
            "then: Paying", with: "then: Payin"
        )
        .write(toFile: hotel.folder.file("w/other.yaml"), atomically: true, encoding: .utf8)
        let check = try await Programs.run("yogictl", ["check", hotel.folder.file("w")])
        let reload = try await hotel.yogictl("reload")
        #expect(reload.status == 1)
        #expect(reload.output == check.output)
        #expect(reload.output.split(separator: "\n").count >= 2)
        #expect(reload.errors.hasPrefix("yogictl: Reload refused ("))
        #expect(await hotel.daemon.logs("warning reload refused"))

        // A bad configuration is told beside them.
        try Self.edit(hotel.folder.file("yogiyogid.yaml"), "participants:", "limits: { batsh: 1 }\nparticipants:")
        let both = try await hotel.yogictl("reload")
        #expect(
            both.output
                == "\(hotel.folder.file("yogiyogid.yaml")):1:11: error: unknown key 'batsh' in 'limits'; did you "
                + "mean 'batch'?\n" + check.output)

        let now = try await hotel.yogictl("workflows", "--output", "json")
        #expect(now.output.contains(#""version":"1""#) && !now.output.contains(#""version":"2""#))
        #expect(try await hotel.confirm(id).status == "succeeded")
        _ = try await hotel.reserve(room: 9)
        #expect(await hotel.daemon.terminate() == 0)
    }

    @Test func `a version with other content than running sagas have is refused with its file`() async throws {
        let hotel = try await Self.hotel()
        let path = hotel.folder.file("w/reservation.yaml")
        try Self.edit(path, "10m: Cancelled", "11m: Cancelled")
        let reload = try await hotel.yogictl("reload")
        #expect(
            reload.output
                == "\(path):1:1: error: workflow 'reservation' version \"1\" has other content than the store holds for "
                + "running sagas; give the changed file a new version\n")
        #expect(reload.status == 1)
    }

    @Test func `SIGHUP reloads too`() async throws {
        let hotel = try await Self.hotel()
        try Self.edit(hotel.folder.file("w/reservation.yaml"), "version: \"1\"", "version: \"2\"")
        kill(hotel.daemon.pid, SIGHUP)
        try await hotel.withClient { client in
            while try await !client.workflows().workflows.contains(where: { $0.version == "2" && $0.current }) {
                await Task.yield()
            }
        }
        #expect(try await hotel.reserve().isEmpty == false)
        #expect(await hotel.daemon.terminate() == 0)
    }
}
