import ControlAPI
import ControlClient
import TestPrograms
import Testing

/// The daemon killed again and again while it seals its store with another key.
@Suite(.timeLimit(.minutes(30))) struct RekeyKillTests {
    @Test
    func `whatever is sealed by which key, all is read after each kill, and the next daemon goes on until one is left`()
        async throws
    {
        let notes = try await Notebook()
        let (open, done) = try await notes.write(300, open: 10)
        let states = Dictionary(uniqueKeysWithValues: open.map { ($0, "Open") } + done.map { ($0, "Done") })
        // While nothing moves the keys are made, and nothing is sealed with them yet.
        #expect(await notes.daemon.terminate() == 0)
        let renewed = try await notes.look { try await $0.rekey(reason: "a year has passed").answer }
        #expect(renewed == "renewed")
        var (number, deaths) = (5, 0)
        var seen: [Int] = []
        while true {
            let action = deaths % 2 == 0 ? FatalCall.Action.tear : .kill
            try await notes.daemon.start(until: FatalCall(action, number, of: "sagas.db-wal"))
            if try await isOver(notes) { break }
            deaths += 1
            number = max(number, 9) + 3
            #expect(try await notes.query("PRAGMA integrity_check") == ["ok"], "at \(number)")
            let (isRead, sealed) = try await notes.look { client in
                (try await Notebook.states(client) == states, try await client.status().seal)
            }
            #expect(isRead, "at \(number)")
            if let progress = sealed?.progress { seen.append(progress.done) }
        }
        #expect(deaths > 3)
        // It went on, and did not begin anew each time.
        #expect(seen == seen.sorted() && Set(seen).count > 1, "\(seen)")
        #expect(await notes.daemon.terminate() == 0)
        #expect(try await notes.query("SELECT count(*) FROM data_key") == ["1"])
        #expect(try await notes.look { try await Notebook.states($0) } == states)
    }

    /// Waits until one key is left, or the daemon has ended.
    private func isOver(_ notes: Notebook) async throws -> Bool {
        while notes.daemon.isRunning {
            guard let status = try await notes.ask({ try await $0.status() }) else { return false }
            if status.seal?.progress == nil { return true }
        }
        return false
    }
}
