import CEL
import ControlAPI
import ControlClient
import Foundation
import Synchronization
import TestPrograms
import Testing

/// `systemctl restart` in the middle of the day.
@Suite(.systemd, .serialized, .timeLimit(.minutes(60)))
struct RestartTests {
    /// A hotel whose control socket is also reached from outside the lab, in `folder`.
    private static func lab(_ folder: TemporaryFolder) throws -> Lab {
        var lab = try Lab.hotel()
        lab.share(folder.path)
        try lab.write(
            """
            [Socket]
            ListenStream=
            ListenStream=\(folder.file("y.sock"))
            Symlinks=/run/yogiyogi.sock
            SocketMode=0666

            """,
            to: "/etc/systemd/system/yogiyogid.socket.d/50-test.conf")
        return lab
    }

    @Test func `five restarts under load refuse, reset and lose nothing, and every saga goes on`() async throws {
        let folder = try TemporaryFolder()
        let lab = try Self.lab(folder)
        let (said, told) = (try Fifo(folder.file("said")), try Fifo(folder.file("told")))
        let script = """
            systemctl start yogiyogi.target
            echo up >\(said.path)
            for n in 1 2 3 4 5; do
              read -r _ <\(told.path)
              systemctl restart yogiyogid
            done
            read -r _ <\(told.path)
            prop yogiyogid NRestarts
            """
        let ended = Flag()
        async let running = { () async throws -> LabRun in
            defer { ended.raise() }
            return try await lab.run(script)
        }()
        #expect(await said.line { ended.isUp } == "up")
        let crowd = Crowd(folder.file("y.sock"))
        for _ in 1...5 {
            let before = crowd.now
            // A script that has failed answers nobody any more.
            await crowd.until { $0.answered >= before.answered + 110 || ended.isUp }
            told.send("restart")
            await crowd.until { $0.pids.count > before.pids.count || ended.isUp }
        }
        let before = crowd.now.answered
        await crowd.until { $0.answered >= before + 110 || ended.isUp }
        let tally = await crowd.end()
        #expect(tally.refused == [])
        #expect(tally.lost == [])
        #expect(tally.odd == [])
        #expect(tally.answered > 500)
        #expect(tally.pids.count >= 6)
        #expect(Set(tally.again.keys).isSubset(of: ["urn:yogiyogi:problem:stopping"]), "\(tally.again)")
        #expect(tally.sagas.count > 50)
        try await Self.expectReserved(tally.sagas, at: folder.file("y.sock"))
        told.send("checked")
        let run = try await running
        run.expectSuccess()
        // None of the daemons ended by itself.
        #expect(run.output == "0\n")
        print("restarts: \(tally.answered) answered by \(tally.pids.count) daemons, \(tally.again) asked to come again")
    }

    /// Every saga that was accepted has gone on to where it waits for the hotel.
    private static func expectReserved(_ sagas: [String], at socket: String) async throws {
        try await ControlClient.with(socketPath: socket, timeout: HangLimit.milliseconds) { client in
            for id in Set(sagas) {
                let saga = try await client.show(id, wait: Wait("Reserved", milliseconds: HangLimit.milliseconds))
                #expect(saga.state == "Reserved", "\(saga)")
            }
        }
    }

    @Test func `who waits when the daemon restarts goes on waiting, by the client or by the cursor`() async throws {
        let folder = try TemporaryFolder()
        let lab = try Self.lab(folder)
        let (said, told) = (try Fifo(folder.file("said")), try Fifo(folder.file("told")))
        let script =
            ServiceTests.reserve + """
                systemctl start yogiyogi.target
                id=$(reserve 1)
                yogictl history "$id" --follow >/tmp/history & follows=$!
                (yogictl watch "$id" >/tmp/watched) & watches=$!
                before=$(mainpid yogiyogid)
                echo "$id" >\(said.path)
                read -r _ <\(told.path)
                systemctl restart yogiyogid
                [ "$(mainpid yogiyogid)" != "$before" ]
                yogictl signal "$id" confirm >/dev/null
                wait $follows; wait $watches
                yogictl history "$id" --output json | jq -r '.entries[].number' >/tmp/numbers
                awk '{print $1}' /tmp/history | diff - /tmp/numbers
                awk '{print $1}' /tmp/watched | diff - /tmp/numbers
                tail -n 1 /tmp/history | awk '{print $3}'
                """
        let ended = Flag()
        async let running = { () async throws -> LabRun in
            defer { ended.raise() }
            return try await lab.run(script)
        }()
        let id = await said.line { ended.isUp } ?? ""
        var failure: (any Error)?
        do {
            try await ControlClient.with(socketPath: folder.file("y.sock"), timeout: HangLimit.milliseconds) { client in
                async let saga = client.show(id, wait: Wait("ended", milliseconds: HangLimit.milliseconds))
                // It and both histories are waited for.
                told.send("restart")
                let waited = try await saga
                #expect(waited.reached && waited.status == "succeeded")
            }
        } catch {
            failure = error
        }
        // What the lab says explains what the client met.
        let run = try await running
        run.expectSuccess()
        if let failure { throw failure }
        #expect(run.output == "ended\n")
    }
}

/// Raised once, seen by all.
final class Flag: Sendable {
    private let isRaised = Atomic<Bool>(false)

    func raise() { isRaised.store(true, ordering: .releasing) }

    var isUp: Bool { isRaised.load(ordering: .acquiring) }
}
