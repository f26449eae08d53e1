extension ReportText {
    /// (g)
    var outage: String? {
        guard let outage = report.outage else { return nil }
        var table = TextTable([
            "(g) a participant is down", "seconds", "commits/s", "CPU of one core", "records/saga", "through after s",
        ])
        table.add([
            "\(Figures.grouped(outage.guests)) sagas wait", Figures.plain(outage.seconds),
            Figures.plain(outage.commitsPerSecond), Figures.percent(outage.cpuPart), "\(outage.recordsPerSaga)",
            Figures.plain(outage.secondsUntilThrough),
        ])
        return table.text
    }

    /// (h)
    var growth: String? {
        guard let young = report.growth.first else { return nil }
        var table = TextTable([
            "(h) ended sagas", "sagas/s", "of empty", "CPU µs: daemon", "newest 50 ms", "stuck ms", "ready after ms",
        ])
        for row in report.growth {
            table.add([
                Figures.grouped(row.ended), Figures.plain(row.sagasPerSecond),
                Figures.percent(row.sagasPerSecond / max(1, young.sagasPerSecond)),
                Figures.plain(row.daemonMicroseconds), Figures.milliseconds(row.newest),
                Figures.milliseconds(row.stuck), Figures.plain(row.readyMilliseconds),
            ])
        }
        return table.text
    }
}
