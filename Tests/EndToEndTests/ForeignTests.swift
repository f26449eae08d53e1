import ControlAPI
import Foundation
import TestPrograms
import Testing

/// What a daemon finds in its environment and its store ends in words, whatever it is.
@Suite(.timeLimit(.minutes(30))) struct ForeignTests {
    private static let sqlite = "/usr/bin/sqlite3"

    private func execute(_ sql: String, _ hotel: Hotel) async throws {
        // Past STRICT, as a damaged page or another program writes.
        let loosened =
            "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(replace(sql, ' STRICT,', ''), ' STRICT', ''); "
            + "PRAGMA writable_schema = RESET; "
        let run = try await Child.run(Self.sqlite, [hotel.folder.file("state/sagas.db"), loosened + sql])
        try #require(run.status == 0, "\(run)")
    }

    @Test func `a watchdog beyond all time is told and not obeyed`() async throws {
        let hotel = try await Hotel()
        await hotel.daemon.terminate()
        try await hotel.daemon.start(environment: ["WATCHDOG_USEC": "9223372036854775808"])
        let id = try await hotel.reserve()
        #expect(await hotel.daemon.logs("WATCHDOG_USEC is ignored: it is longer than a year"))
        let ended = try await hotel.confirm(id)
        #expect(ended.status == "succeeded")
    }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: sqlite), "SKIPPED: no sqlite3"))
    func `foreign rows of a restore end the start with 65, others are told and hinder nobody`() async throws {
        let hotel = try await Hotel()
        let id = try await hotel.reserve()
        await hotel.daemon.terminate()
        try await execute("INSERT INTO restore VALUES('x', 'y', x'00')", hotel)
        let run = try await hotel.refusal(
            "--config", hotel.folder.file("yogiyogid.yaml"), "--state-dir", hotel.folder.file("state"), "--socket",
            hotel.folder.file("y2.sock"), "--workflows", Programs.root() + "/workflows/reservation.yaml")
        #expect(
            run
                == Run(
                    status: 65,
                    errors:
                        "yogiyogid: the table 'restore' of the store '\(hotel.folder.file("state/sagas.db"))' holds values of "
                        + "other types; restore a backup (it was not touched)\n"))
        try await execute(
            """
            DELETE FROM restore;
            INSERT INTO suspect VALUES('s', x'00', 'c', 1, 1, 2);
            INSERT INTO early_signal VALUES(3, 'reservation', 'k', 'confirm', 'p', 'u', 'g', 'p', 'at', 'until');
            INSERT INTO job VALUES(7, 1, 2, 'u', 'g', 'p', 9223372036854775807, 9223372036854775807, 'a', NULL, 5, -5);
            INSERT INTO saga(number, low, workflow, status, state, due, last) VALUES(9223372036854775807, 1, 1, 1, 'A', 0, 0);
            """, hotel)
        try await hotel.daemon.start()
        let ended = try await hotel.confirm(id)
        #expect(ended.status == "succeeded")
        _ = try await hotel.reserve(room: 8)
        for table in ["suspect", "early_signal", "job"] {
            #expect(await hotel.daemon.logs("table=\(table)"), "\(table): \(hotel.daemon.log)")
        }
        #expect(hotel.daemon.isRunning)
    }
}
