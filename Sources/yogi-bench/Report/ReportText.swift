/// A report as tables.
struct ReportText {
    let report: Report

    init(_ report: Report) {
        self.report = report
    }

    var text: String {
        let parts = [head, bare, comparison, runs, stored, starts, outage, growth, aims].compactMap(\.self)
        return parts.joined(separator: "\n")
    }

    private var head: String {
        let machine = report.machine
        let (before, after) = (Figures.plain(report.disk.fsyncsBefore), Figures.plain(report.disk.fsyncsAfter))
        return """
            \(machine.cores) cores, Linux \(machine.kernel), \(machine.filesystem), SQLite \(machine.sqlite); \
            \(Figures.plain(machine.seconds)) s for each measurement
            The disk makes 4 KiB durable \(before) times a second (\(after) at the end of the run).

            """
    }

    private var bare: String? {
        guard let bare = report.bare else { return nil }
        var table = TextTable(["batch", "transitions/s", "sagas/s", "commits/s"])
        for rate in bare.rates {
            table.add([
                Figures.grouped(rate.batch), Figures.plain(rate.transitionsPerSecond),
                Figures.plain(rate.transitionsPerSecond / Double(bare.transitionsPerSaga)),
                Figures.plain(rate.transitionsPerSecond / Double(rate.batch)),
            ])
        }
        let bytes = bare.recordBytes.map(String.init).joined(separator: ", ")
        return "(a) Bare libsqlite3: a saga's row with its records (\(bytes) bytes more each time) for each of "
            + "\(bare.transitionsPerSaga) transitions\n" + table.text
    }

    /// Sagas a second, one line a way.
    private var comparison: String? {
        // With a payment that takes its time nothing is compared.
        let measured = report.sagas.filter { $0.section != Section.slow.rawValue }
        guard !measured.isEmpty || report.bare != nil else { return nil }
        let clients = measured.isEmpty ? Peer.clients : Self.inOrder(measured.map(\.clients))
        var table = TextTable(["sagas/s"] + clients.map { "\($0) \($0 == 1 ? "client" : "clients")" })
        if let bare = report.bare {
            table.add(["a  bare libsqlite3"] + clients.map { cell(bare.sagasPerSecond(clients: $0)) })
        }
        for way in Self.inOrder(measured.map(\.way)) {
            let runs = measured.filter { $0.way == way }
            table.add(["\(runs[0].section)  \(way)"] + clients.map { cell(rate(way, $0)) })
            table.add(["     of bare libsqlite3"] + clients.map { ratio(rate(way, $0), bareRate($0), Figures.percent) })
            table.add(
                ["     of the fastest peer"]
                    + clients.map { ratio(rate(way, $0), Peer.best(clients: $0), Figures.times) })
        }
        for peer in report.peers {
            table.add(
                [peer.name]
                    + clients.map { count in
                        cell(Peer.clients.firstIndex(of: count).map { peer.sagasPerSecond[$0] })
                    })
        }
        return "Side by side. The peers were \(report.peersNote).\n" + table.text
    }

    private var runs: String? {
        guard !report.sagas.isEmpty else { return nil }
        var table = TextTable([
            "", "clients", "sagas/s", "start p50", "p99 ms", "saga p50", "p99 ms", "inputs/commit", "commits/s",
            "CPU µs: daemon", "client", "participants", "others",
        ])
        for run in report.sagas {
            let own = run.ownMicroseconds
            table.add([
                "\(run.section)  \(run.way)", "\(run.clients)", Figures.plain(run.sagasPerSecond),
                Figures.milliseconds(run.start.p50), Figures.milliseconds(run.start.p99),
                Figures.milliseconds(run.whole.p50), Figures.milliseconds(run.whole.p99),
                Figures.plain(run.inputsPerCommit), Figures.plain(run.commitsPerSecond), cell(own),
                cell(run.cpuPerSaga["client"]), cell(run.cpuPerSaga["participants"]), Figures.percent(run.others),
            ])
        }
        return "Of one saga: times in ms, CPU in µs (in process: engine and clients are one).\n"
            + "'start' is the first answer: durable, and with 2 requests also reserved.\n" + table.text
    }

    private var stored: String? {
        guard !report.stored.isEmpty else { return nil }
        var table = TextTable(["on disk, after a checkpoint", "sagas", "bytes/saga", "aim"])
        for row in report.stored {
            table.add([
                row.what, Figures.grouped(row.sagas), Figures.plain(row.bytesPerSaga), Figures.grouped(row.aimBytes),
            ])
        }
        return table.text
    }

    private var starts: String? {
        guard !report.starts.isEmpty else { return nil }
        var table = TextTable(
            ["(e) waiting in Reserved", "ready after ms", "aim", "resident", "aim", "more bytes/saga"])
        let empty = report.starts[0].residentBytes
        for start in report.starts {
            table.add([
                Figures.grouped(start.sagas), Figures.plain(start.readyMilliseconds),
                start.sagas == Aims.readySagas ? Figures.plain(Aims.readyMilliseconds) : "",
                Figures.megabytes(start.residentBytes),
                start.sagas == Aims.residentSagas ? Figures.megabytes(Aims.residentBytes) : "",
                start.sagas == 0 ? "" : Figures.plain(Double(start.residentBytes - empty) / Double(start.sagas)),
            ])
        }
        return table.text
    }

    private var aims: String? {
        let rows = report.aimed
        guard !rows.isEmpty else { return nil }
        var table = TextTable(["aims", "measured", "aim", ""])
        for row in rows {
            table.add([row.what, row.form(row.measured), row.form(row.aim), row.isMet ? "met" : "not met"])
        }
        return table.text
    }

    private func rate(_ way: String, _ clients: Int) -> Double? {
        report.sagas.first { $0.way == way && $0.clients == clients }?.sagasPerSecond
    }

    private func bareRate(_ clients: Int) -> Double? { report.bare?.sagasPerSecond(clients: clients) }

    private func cell(_ value: Double?) -> String { value.map(Figures.plain) ?? "-" }

    private func ratio(_ value: Double?, _ other: Double?, _ form: (Double) -> String) -> String {
        guard let value, let other, other > 0 else { return "-" }
        return form(value / other)
    }

    private static func inOrder<T: Hashable>(_ items: [T]) -> [T] {
        var seen: Set<T> = []
        return items.filter { seen.insert($0).inserted }
    }
}
