import CEL
import ControlAPI
import ControlClient
import Foundation
import Glibc
import TestPrograms
import Testing

/// `yogictl backup` with the daemon or itself killed in the middle: no half file, and nothing else is hurt.
@Suite(.timeLimit(.minutes(30))) struct BackupKillTests {
    private let hotel: Hotel
    private let saga: String

    init() async throws {
        hotel = try await Hotel()
        saga = try await hotel.reserve()
        try FileManager.default.createDirectory(atPath: backups, withIntermediateDirectories: false)
    }

    private var backups: String { hotel.folder.file("backups") }
    private var file: String { backups + "/b.db" }

    private func names(_ folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    }

    /// The daemon goes on, and a backup is made that a restore takes.
    private func expectUnharmed() async throws {
        #expect(try names(hotel.folder.file("state")).filter { $0.contains(".backup-") } == [])
        let made = try await hotel.yogictl("backup", "--force", file)
        #expect(made.status == 0, "\(made)")
        #expect(try names(backups) == ["b.db"])
        #expect(try await takes(file))
        #expect(try await hotel.confirm(saga).status == "succeeded")
        #expect(await hotel.daemon.terminate() == 0)
    }

    /// Whether a restore takes it, which looks through all of it.
    private func takes(_ backup: String) async throws -> Bool {
        let folder = try TemporaryFolder()
        try FileManager.default.copyItem(
            atPath: hotel.folder.file("state/sagas.db.key"), toPath: folder.file("sagas.db.key"))
        let restored = try await hotel.refusal("restore", backup, "--state-dir", folder.path)
        return restored.status == 0 && restored.output.contains("; 1 sagas are live in it.\n")
    }

    @Test func `a daemon that is killed while it copies its store leaves nothing of the copy`() async throws {
        var number = 1
        var run = Run(status: -1)
        while true {
            await hotel.daemon.kill()
            let action = number % 2 == 1 ? FatalCall.Action.tear : .kill
            try await hotel.daemon.start(until: FatalCall(action, number, of: ".backup-"))
            run = try await hotel.yogictl("backup", file)
            if run.status == 0 { break }
            #expect(
                run.status == 4 && run.errors.hasSuffix(": '\(file)' was not made. Try again\n"), "at \(number): \(run)"
            )
            await hotel.daemon.awaitEnd()
            #expect(try names(backups) == [], "at \(number)")
            // What was left goes at the next start.
            number += 5
        }
        #expect(number > 20)
        await hotel.daemon.kill()
        try await hotel.daemon.start()
        try await expectUnharmed()
    }

    @Test func `a daemon that is killed while it hands the copy over leaves no half file`() async throws {
        // More than the buffers of a socket hold, so that it cannot have handed over all of it.
        try await hotel.withClient { client in
            for number in 0..<8 {
                _ = try await client.signal(
                    workflow: "reservation", key: "k-\(number)", "confirm",
                    data: .string(String(repeating: "x", count: 900_000)))
            }
        }
        let run = try await Programs.run(
            "yogictl", ["backup", file],
            environment: ["YOGIYOGI_SOCKET": hotel.socket].merging(
                try FatalCall(.stop, 1, of: "/backups").environment
            ) { _, new in new }
        ) { _ in await hotel.daemon.kill() }
        #expect(run.status == 4 && run.output == "")
        #expect(
            run.errors
                == "yogictl: no answer from the daemon at '\(hotel.socket)' (it closed the connection): '\(file)' was not made. "
                + "Try again\n")
        #expect(try names(backups) == [])
        try await hotel.daemon.start()
        try await expectUnharmed()
    }

    @Test func `a 'yogictl backup' that is killed leaves no file, or a whole one`() async throws {
        var number = 1
        var left: [[String]] = []
        while true {
            let run = try await Programs.run(
                "yogictl", ["backup", file],
                environment: ["YOGIYOGI_SOCKET": hotel.socket].merging(
                    try FatalCall(.tear, number, of: "/backups").environment
                ) { _, new in new })
            if run.status == 0 { break }
            #expect(FatalCall.isEnd(run.status), "at \(number): \(run)")
            left.append(try names(backups))
            if left.last != [] { #expect(try await takes(file), "at \(number)") }
            #expect(try await hotel.withClient { try await $0.health().healthy }, "at \(number)")
            unlink(file)
            number += 1
        }
        // Whole: it has its name last, and then the folder is told to keep it.
        #expect(left.count > 4 && left.dropLast().allSatisfy(\.isEmpty) && left.last == ["b.db"])
        try await expectUnharmed()
    }
}
