import ControlAPI
import ControlClient
import Foundation
import TestPrograms
import Testing

/// The daemon killed again and again while retention takes away many sagas.
@Suite(.timeLimit(.minutes(30))) struct PruneKillTests {
    /// Damage, and whatever of a saga is there without the rest of it; the tags of each are its status, its text and the like.
    private static let halves = """
        PRAGMA integrity_check;
        SELECT 'row of no saga', row FROM history WHERE saga NOT IN (SELECT number FROM saga);
        SELECT 'tag of no saga', saga FROM tag WHERE saga NOT IN (SELECT number FROM saga);
        SELECT 'saga without its end', number FROM saga
            WHERE tail IS NULL AND NOT EXISTS (SELECT 1 FROM history WHERE saga = number);
        SELECT 'inputs without those before', number FROM saga WHERE first > 1
            AND NOT EXISTS (SELECT 1 FROM history WHERE saga = number AND n = 1);
        SELECT 'saga without tags', number FROM saga WHERE number NOT IN (SELECT saga FROM tag);
        """
    private static let counts =
        "SELECT count(*) FROM saga WHERE due IS NULL; SELECT count(*) FROM saga WHERE due IS NOT NULL"
    private static let pages = "PRAGMA page_count; PRAGMA freelist_count"

    @Test func `no saga is half gone, what lives is not touched, and the next daemon goes on until all is done`()
        async throws
    {
        let notes = try await Notebook()
        let (open, done) = try await notes.write(300, open: 30)
        #expect(await notes.daemon.terminate() == 0)
        let before = try await notes.query(Self.pages)
        try notes.configure("retention: { succeeded: 1ms }\n")
        var left = done.count
        var (number, deaths, partly) = (5, 0, 0)
        while true {
            let action = deaths % 2 == 0 ? FatalCall.Action.tear : .kill
            try await notes.daemon.start(until: FatalCall(action, number, of: "sagas.db-wal"))
            if try await isOver(notes) { break }
            deaths += 1
            number = max(number, 50) + 17
            let found = try await notes.query(Self.halves)
            #expect(found == ["ok"], "at \(number)")
            let counts = try await notes.query(Self.counts).compactMap { Int($0) }
            #expect(counts.first ?? .max <= left && counts.last == open.count, "at \(number): \(counts)")
            left = counts.first ?? left
            if (1..<done.count).contains(left) { partly += 1 }
        }
        #expect(deaths > 3 && partly > 1)
        #expect(await notes.daemon.terminate() == 0)
        #expect(try await notes.query(Self.halves) == ["ok"])
        let after = try await notes.query(Self.pages)
        #expect(Int(after[0]) ?? 0 < (Int(before[0]) ?? 0) * 3 / 4, "\(before) pages, and then \(after)")
        let rest = try await notes.look { try await Notebook.states($0) }
        #expect(rest == Dictionary(uniqueKeysWithValues: open.map { ($0, "Open") }))
    }

    /// Waits until all is taken away and given back, or the daemon has ended.
    private func isOver(_ notes: Notebook) async throws -> Bool {
        while notes.daemon.isRunning {
            guard let pruned = try await notes.ask({ try await $0.list(ListFilter(status: "succeeded")).sagas.count })
            else { return false }
            let pages = try await notes.query(Self.pages).compactMap { Int($0) }
            if pruned == 0, pages.count == 2, pages[1] <= pages[0] / 8 { return true }
        }
        return false
    }
}
