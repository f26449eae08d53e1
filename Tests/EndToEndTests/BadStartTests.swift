import ControlAPI
import Foundation
import Glibc
import TestPrograms
import Testing

/// A daemon that cannot start says why, and harms neither what is in its way nor the daemon that runs.
@Suite(.timeLimit(.minutes(30))) struct BadStartTests {
    /// The arguments of a second daemon at a hotel, with a state directory and a socket of its own.
    private static func second(_ hotel: Hotel, state: String = "state2", socket: String = "y2.sock") -> [String] {
        [
            "--config", hotel.folder.file("yogiyogid.yaml"), "--state-dir", hotel.folder.file(state), "--socket",
            hotel.folder.file(socket), "--workflows", Programs.root() + "/workflows/reservation.yaml",
        ]
    }

    @Test func `a second daemon on the same store names the process that has it`() async throws {
        let hotel = try await Hotel()
        let id = try await hotel.reserve()
        let run = try await Hotel.refusal(Self.second(hotel, state: "state"))
        #expect(
            run
                == Run(
                    status: 1,
                    errors: "yogiyogid: the store '\(hotel.folder.file("state/sagas.db"))' is in use by process "
                        + "\(hotel.daemon.pid); stop that daemon, or name another state directory\n"))
        #expect(!FileManager.default.fileExists(atPath: hotel.folder.file("y2.sock")))
        let saga = try await hotel.confirm(id)
        #expect(saga.status == "succeeded")
    }

    @Test func `a socket that a daemon answers on is left to it`() async throws {
        let hotel = try await Hotel()
        let id = try await hotel.reserve()
        let run = try await Hotel.refusal(Self.second(hotel, socket: "y.sock"))
        #expect(
            run
                == Run(
                    status: 1,
                    errors: "yogiyogid: cannot listen on unix:\(hotel.socket): the socket \(hotel.socket) is in use by "
                        + "another process (pid \(hotel.daemon.pid) uid \(getuid()))\n"))
        let saga = try await hotel.confirm(id)
        #expect(saga.status == "succeeded")
    }

    @Test func `a file at the socket's path is left alone`() async throws {
        let hotel = try await Hotel()
        let path = hotel.folder.file("precious.txt")
        try "precious\n".write(toFile: path, atomically: true, encoding: .utf8)
        let run = try await Hotel.refusal(Self.second(hotel, socket: "precious.txt"))
        #expect(
            run
                == Run(
                    status: 1,
                    errors:
                        "yogiyogid: cannot listen on unix:\(path): '\(path)' exists and is not a socket: remove it or "
                        + "listen elsewhere\n"))
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "precious\n")
    }

    @Test func `the socket that a killed daemon left is taken over`() async throws {
        let hotel = try await Hotel()
        let id = try await hotel.reserve()
        await hotel.daemon.kill()
        #expect(FileManager.default.fileExists(atPath: hotel.socket))
        try await hotel.daemon.start()
        let saga = try await hotel.confirm(id)
        #expect(saga.status == "succeeded")
        #expect(await hotel.daemon.terminate() == 0)
        #expect(!FileManager.default.fileExists(atPath: hotel.socket))
    }

    @Test func `a store that is no SQLite file is refused and not touched`() async throws {
        let hotel = try await Hotel()
        let path = hotel.folder.file("state2/sagas.db")
        try FileManager.default.createDirectory(
            atPath: hotel.folder.file("state2"), withIntermediateDirectories: false)
        for content in ["a diary, whatever its name says\n", String(repeating: "page after page ", count: 1_000)] {
            try content.write(toFile: path, atomically: true, encoding: .utf8)
            let run = try await Hotel.refusal(Self.second(hotel))
            #expect(
                run
                    == Run(
                        status: 65,
                        errors:
                            "yogiyogid: cannot open the store '\(path)': file is not a database (26): it is no SQLite "
                            + "database; name another file or move this one away\n"))
            #expect(try String(contentsOfFile: path, encoding: .utf8) == content)
        }
        let left = try FileManager.default.contentsOfDirectory(atPath: hotel.folder.file("state2")).sorted()
        #expect(left == ["sagas.db", "sagas.db.lock"])
    }

    @Test(.enabled(if: SmallDisk.isPermitted, "mounting needs root"))
    func `a folder that may only be read is named`() async throws {
        let hotel = try await Hotel()
        let disk = try SmallDisk(size: "1m")
        try FileManager.default.createDirectory(atPath: disk.path + "/state", withIntermediateDirectories: false)
        try #require(try await Self.remountReadOnly(disk.path) == 0)
        for (state, errors) in [
            (
                "/state",
                "cannot open the lock '\(disk.path)/state/sagas.db.lock': Read-only file system; check that the folder "
                    + "exists and that this user may write in it"
            ),
            (
                "/new",
                "cannot create the state directory '\(disk.path)/new'; check its parent, or name another with --state-dir"
            ),
        ] {
            let run = try await Hotel.refusal(
                Array(Self.second(hotel).prefix(2)) + ["--state-dir", disk.path + state]
                    + Array(Self.second(hotel).dropFirst(4)))
            #expect(run == Run(status: 1, errors: "yogiyogid: \(errors)\n"))
        }
        let socket = try await Hotel.refusal(
            Array(Self.second(hotel).prefix(4)) + ["--socket", disk.path + "/y.sock"]
                + Array(Self.second(hotel).dropFirst(6)))
        #expect(
            socket
                == Run(
                    status: 1,
                    errors: "yogiyogid: cannot listen on unix:\(disk.path)/y.sock: cannot bind the socket "
                        + "'\(disk.path)/y.sock': Read-only file system\n"))
    }

    @Test func `a configuration with faults is told all of them, each with its place`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.file("yogiyogid.yaml")
        try """
        participants:
          payment:
            url: unix:/run/payment.sock
            urll: http://127.0.0.1:1
            concurrency: many
          hotel: {}
        limit: { inbox: 1 }
        limits: { inbox: 0, body: 1GiB, batches: 3 }
        log: { level: loud }

        """.write(toFile: path, atomically: true, encoding: .utf8)
        let run = try await Hotel.refusal(["--config", path, "--state-dir", folder.file("state")])
        let lines = [
            "4:5: error: unknown key 'urll' in 'payment'; did you mean 'url'?",
            "5:18: error: 'concurrency' must be a whole number from 1 to 10000",
            "6:3: error: participant 'hotel' has no 'url'",
            "7:1: error: unknown key 'limit' in the configuration; did you mean 'limits'?",
            "8:18: error: 'inbox' must be a whole number from 1 to 1000000",
            "8:27: error: 'body' must be a size from 1KiB to 64MiB, such as 1MiB",
            "8:33: error: unknown key 'batches' in 'limits'; did you mean 'batch'?",
            "9:15: error: no log level 'loud'",
        ]
        #expect(run == Run(status: 78, errors: lines.map { "yogiyogid: \(path):\($0)\n" }.joined()))
        #expect(!FileManager.default.fileExists(atPath: folder.file("state")))
    }

    @Test(arguments: [
        (
            ["--config", "/no/such.yaml"],
            "cannot read the configuration '/no/such.yaml'; check that it exists and is UTF-8 text"
        ),
        (
            ["--participant", "payment"],
            "--participant is 'payment'; it must be NAME=URL, as payment=unix:/run/payment.sock"
        ),
        (
            ["--log-level", "loud"],
            "--log-level is 'loud'; it must be one of trace, debug, info, notice, warning, error, critical"
        ),
    ])
    func `an option that says nothing that can be done keeps the daemon from starting`(
        arguments: [String], error: String
    ) async throws {
        let folder = try TemporaryFolder()
        let run = try await Hotel.refusal(arguments + ["--state-dir", folder.file("state")])
        #expect(run == Run(status: 78, errors: "yogiyogid: \(error)\n"))
    }

    @Test(arguments: [
        (["--nonsense"], "yogiyogid: Unknown option '--nonsense'"),
        (["extra"], "yogiyogid: Unexpected argument 'extra'"),
        (["--state-dir"], "yogiyogid: Missing value for '--state-dir <state-dir>'"),
    ])
    func `an unknown flag is usage`(arguments: [String], line: String) async throws {
        let run = try await Hotel.refusal(arguments)
        #expect(run.status == 2)
        #expect(run.output == "")
        #expect(run.errors.split(separator: "\n").first.map(String.init) == line)
    }

    private static func remountReadOnly(_ path: String) async throws -> Int32 {
        try await Child.run("/bin/mount", ["-o", "remount,ro", path]).status
    }
}
