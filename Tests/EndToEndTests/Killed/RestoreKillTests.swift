import ControlAPI
import ControlClient
import Foundation
import TestPrograms
import Testing

/// `yogiyogid restore` killed at each of its steps: whoever looks next finds the old store or the new one, and nothing between.
@Suite(.timeLimit(.minutes(30))) struct RestoreKillTests {
    /// What a daemon shows of a state folder.
    private struct Seen: Equatable {
        var sagas: Set<String>
        var isPaused: Bool
    }

    private let hotel: Hotel
    private let file: String
    private let old: Seen
    private let new: Seen

    /// A backup that knows one saga, and a store that knows two and whose newest commits are in its log, as its daemon was killed.
    init() async throws {
        hotel = try await Hotel()
        file = hotel.folder.file("backup.db")
        let ann = try await hotel.reserve(room: 1)
        #expect(try await hotel.yogictl("backup", file).status == 0)
        let bob = try await hotel.reserve(room: 2)
        await hotel.daemon.kill()
        old = Seen(sagas: [ann, bob], isPaused: false)
        new = Seen(sagas: [ann], isPaused: true)
    }

    private func restore(_ folder: TemporaryFolder, _ call: FatalCall? = nil) async throws -> Run {
        let run = try await Programs.run(
            "yogiyogid", ["restore", file, "--state-dir", folder.file("state")], environment: call?.environment ?? [:])
        return Run(status: run.status, output: run.output, errors: run.errors)
    }

    /// What a daemon finds that starts on a copy of that store.
    private func look(_ folder: TemporaryFolder, store: String = "sagas.db") async throws -> Seen {
        let copy = try TemporaryFolder()
        try FileManager.default.copyItem(atPath: folder.file("state"), toPath: copy.file("state"))
        if store != "sagas.db" {
            for end in ["", "-wal", "-shm"] {
                let (from, to) = (copy.file("state/\(store)\(end)"), copy.file("state/sagas.db\(end)"))
                try? FileManager.default.removeItem(atPath: to)
                if FileManager.default.fileExists(atPath: from) {
                    try FileManager.default.moveItem(atPath: from, toPath: to)
                }
            }
        }
        let daemon = try await RunningProgram(
            "yogiyogid",
            [
                "--config", hotel.folder.file("yogiyogid.yaml"), "--state-dir", copy.file("state"), "--socket",
                copy.file("y.sock"), "--workflows", Programs.root() + "/workflows/reservation.yaml",
            ], in: copy)
        let seen = try await ControlClient.with(socketPath: copy.file("y.sock"), timeout: HangLimit.milliseconds) {
            client in
            Seen(sagas: Set(try await client.list().sagas.map(\.id)), isPaused: try await client.health().paused)
        }
        await daemon.kill()
        return seen
    }

    /// Kills it at that call, and does it again then.
    /// - Returns: what whoever looked between the two saw; `nil` when it has fewer calls.
    private func killed(_ action: FatalCall.Action, at number: Int) async throws -> Seen? {
        let folder = try TemporaryFolder()
        try FileManager.default.copyItem(atPath: hotel.folder.file("state"), toPath: folder.file("state"))
        let run = try await restore(folder, FatalCall(action, number, of: "/state"))
        if run.status == 0 { return nil }
        #expect(FatalCall.isEnd(run.status), "at \(number): \(run)")
        let seen = try await look(folder)
        let again = try await restore(folder)
        #expect(again.status == 0, "at \(number): \(again)")
        #expect(try await look(folder) == new, "at \(number)")
        // The first that was set aside: another is the backup itself, where the kill came after the swap.
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.file("state")).sorted()
        let aside = try #require(names.first { $0.contains(".before-") })
        #expect(try await look(folder, store: aside) == old, "at \(number)")
        #expect(!names.contains { $0.contains(".restor") }, "at \(number): \(names)")
        return seen
    }

    @Test func `killed at any call that changes a file, it leaves the old store or the new one, and a rerun ends it`()
        async throws
    {
        // Most of its calls copy pages: some of them, each with half a write; ever nearer to where the new store gets its name, …
        var (number, stride) = (1, 40)
        while stride > 4 {
            while let seen = try await killed(.tear, at: number + stride), seen == old { number += stride }
            stride /= 3
        }
        // … and each call from there on.
        var all: [Seen] = []
        while let seen = try await killed(.kill, at: number + all.count) { all.append(seen) }
        let count = all.count { $0 == old }
        #expect(number > 40 && count > 0 && all.count - count > 3)
        #expect(all == Array(repeating: old, count: count) + Array(repeating: new, count: all.count - count))
    }
}
