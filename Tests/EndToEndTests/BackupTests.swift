import CEL
import ControlAPI
import ControlClient
import Foundation
import Glibc
import TestPrograms
import Testing

/// A backup of a running daemon, and what a restored one knows and does not.
@Suite(.timeLimit(.minutes(30))) struct BackupTests {
    @Test func `a restored daemon waits, is told what it does not know, and does nothing twice that it knew of`()
        async throws
    {
        let hotel = try await Hotel()
        let file = hotel.folder.file("backup.db")
        let client = hotel.client()
        let ann = try await hotel.reserve()
        // A charge is in flight in the backup, and answered after it.
        hotel.payment.pause()
        let cleo = try await client.start(
            "reservation", key: "k-1", input: Hotel.input("Cleo", room: 8),
            wait: Wait("Paying", milliseconds: HangLimit.milliseconds)
        ).saga.id
        #expect(try await hotel.yogictl("backup", file).status == 0)
        hotel.payment.goOn()
        // All of this the backup does not know.
        _ = try await client.show(cleo, wait: Wait("Reserved", milliseconds: HangLimit.milliseconds))
        try await confirm(hotel, [ann, cleo])
        let keys = try await Self.keys(client, ann) + Self.keys(client, cleo)
        let bob = try await hotel.reserve(room: 9)
        #expect(try await hotel.ask("p.sock", "/ledger")["balance"] == .int(300))
        #expect(await hotel.daemon.terminate() == 0)

        try await restore(hotel, file)
        // However often it is started.
        for _ in 0..<2 {
            try await hotel.daemon.start()
            try await expectPaused(hotel, reserved: ann, paying: cleo, gone: bob)
            await hotel.daemon.kill()
        }
        try await hotel.daemon.start()
        let resumed = try await hotel.yogictl("resume", "--all", "--reason", "the ledgers were looked at")
        #expect(resumed.status == 0)
        _ = try await client.show(cleo, wait: Wait("Reserved", milliseconds: HangLimit.milliseconds))
        try await confirm(hotel, [ann, cleo])
        // The same steps had the same keys, so nobody paid twice; Bob's money is where only the ledger knows of it.
        #expect(try await Self.keys(client, ann) + Self.keys(client, cleo) == keys)
        #expect(try await hotel.ask("p.sock", "/ledger")["balance"] == .int(300))
        // Once an operator has let it go on it does so at every start.
        await hotel.daemon.kill()
        try await hotel.daemon.start()
        #expect(try await client.health().paused == false)
        await client.shutdown()
        #expect(await hotel.daemon.terminate() == 0)
    }

    private func confirm(_ hotel: Hotel, _ sagas: [String]) async throws {
        for id in sagas {
            let ended = try await hotel.confirm(id)
            #expect(ended.status == "succeeded")
        }
    }

    private func expectPaused(_ hotel: Hotel, reserved: String, paying: String, gone: String) async throws {
        let states = try await hotel.withClient { client in
            [try await client.show(reserved).state, try await client.show(paying).state]
        }
        #expect(states == ["Reserved", "Paying"])
        let run = try await hotel.yogictl("show", gone)
        #expect(
            run
                == Run(
                    status: 3,
                    errors: "yogictl: No such saga (there is no saga '\(gone)'). 'yogictl list' shows the ids\n"))
        let refused = try await hotel.yogictl("signal", reserved, "confirm")
        #expect(refused.errors.hasPrefix("yogictl: Paused ("))
        let history = try await hotel.yogictl("history", reserved)
        #expect(history.output.count(of: "what happened since then is not known") == 1)
    }

    @Test func `a backup is written whole, for its user alone, and over nothing`() async throws {
        let hotel = try await Hotel()
        let file = hotel.folder.file("backup.db")
        _ = try await hotel.reserve()
        let made = try await hotel.yogictl("backup", file)
        #expect(made == Run(status: 0, output: "\(file): \(try size(file)) bytes\n"))
        try await expectRefusals(hotel, file)
    }

    private func size(_ file: String) throws -> Int {
        var found = stat()
        #expect(stat(file, &found) == 0)
        #expect(found.st_mode & 0o777 == 0o600)
        return Int(found.st_size)
    }

    /// Before anything is asked of the daemon, and with nothing left of it.
    private func expectRefusals(_ hotel: Hotel, _ file: String) async throws {
        let store = hotel.folder.file("state/sagas.db")
        let nowhere = hotel.folder.file("nowhere/b.db")
        for (arguments, status, words) in [
            ([file], 1, "'\(file)' is there already. Name another file, or give --force to replace it"),
            (
                [hotel.folder.path], 1,
                "'\(hotel.folder.path)' is there and is no plain file. Name a file in it, or another one"
            ),
            (
                [nowhere], 1,
                "there is no folder '\(hotel.folder.file("nowhere"))'. Make it, or name a file in one that is there"
            ),
            (["-"], 2, "'-' is no file. Name one, as in: yogictl backup /var/backups/yogiyogi.db"),
            (["--force", store], 1, "'\(store)' is the daemon's own store. Name another file"),
        ] as [([String], Int32, String)] {
            let run = try await Programs.run(
                "yogictl", ["backup"] + arguments, environment: ["YOGIYOGI_SOCKET": hotel.socket])
            #expect(run.status == status)
            #expect(run.errors == "yogictl: \(words)\n")
        }
        let forced = try await hotel.yogictl("backup", "--force", file)
        #expect(forced == Run(status: 0, output: "\(file): \(try size(file)) bytes\n"))
        let names = try FileManager.default.contentsOfDirectory(atPath: hotel.folder.path)
        #expect(!names.contains { $0.contains(".part-") })
    }

    private func restore(_ hotel: Hotel, _ file: String) async throws {
        let state = hotel.folder.file("state")
        let run = try await hotel.refusal("restore", file, "--state-dir", state)
        let aside =
            try FileManager.default.contentsOfDirectory(atPath: state).first {
                $0.contains("before-") && !$0.hasSuffix("-wal")
            } ?? "?"
        let asOf = run.output.split(separator: ";").first?.split(separator: " ").last ?? "?"
        #expect(run.status == 0 && run.errors == "")
        #expect(
            run.output == """
                \(state)/sagas.db is the backup now, as of \(asOf); 2 sagas are live in it.
                The old store is \(state)/\(aside).
                What happened after that time is not known: sagas started since are gone (look for their ids in the participants'
                ledgers), and calls that were under way are sent again under their keys once everything goes on.
                The next start is paused. Look with 'yogictl list' and 'yogictl effects'; then: yogictl resume --all --reason TEXT

                """)
    }

    /// However often a busy machine lets a step be tried in one life and in the other, those behind it keep their keys (decision 0007).
    private static func keys(_ client: ControlClient, _ saga: String) async throws -> [String] {
        try await client.show(saga).steps.map { "\($0.call) \($0.key)" }
    }

    @Test func `a restore on a store that is in use, and one of something else, change nothing`() async throws {
        let hotel = try await Hotel()
        let id = try await hotel.reserve()
        let state = hotel.folder.file("state")
        let file = hotel.folder.file("backup.db")
        #expect(try await hotel.yogictl("backup", file).status == 0)
        let used = try await hotel.refusal("restore", file, "--state-dir", state)
        #expect(
            used
                == Run(
                    status: 1,
                    errors:
                        "yogiyogid: the store '\(state)/sagas.db' is in use by process \(hotel.daemon.pid); stop that daemon, "
                        + "or name another state directory\n"))
        try "a diary".write(toFile: hotel.folder.file("diary"), atomically: true, encoding: .utf8)
        #expect(await hotel.daemon.terminate() == 0)
        let other = try await hotel.refusal("restore", hotel.folder.file("diary"), "--state-dir", state)
        #expect(other.status == 1)
        #expect(
            other.errors.hasPrefix("yogiyogid: cannot restore '\(hotel.folder.file("diary"))' to '\(state)/sagas.db': ")
        )
        try await hotel.daemon.start()
        let ended = try await hotel.confirm(id)
        #expect(ended.status == "succeeded")
    }

    @Test func `a daemon does not start on a damaged store, says what to do, and leaves it as it is`() async throws {
        let hotel = try await Hotel()
        for room in 1...20 { _ = try await hotel.reserve(room: room) }
        #expect(await hotel.daemon.terminate() == 0)
        let store = hotel.folder.file("state/sagas.db")
        let handle = try FileHandle(forUpdating: URL(fileURLWithPath: store))
        try handle.seek(toOffset: UInt64(try size(store) / 8_192 * 4_096))
        try handle.write(contentsOf: Data(repeating: 0xA5, count: 4_096))
        try handle.close()
        let before = FileManager.default.contents(atPath: store)
        let run = try await hotel.refusal(
            "--config", hotel.folder.file("yogiyogid.yaml"), "--state-dir", hotel.folder.file("state"), "--socket",
            hotel.socket, "--workflows", Programs.root() + "/workflows/reservation.yaml")
        #expect(run.status == 65)
        #expect(run.errors.contains("yogiyogid: the store '\(store)' is damaged ("))
        #expect(run.errors.contains("put a backup in its place with 'yogiyogid restore FILE'\n"))
        #expect(FileManager.default.contents(atPath: store) == before)
    }
}
