extension Report {
    /// An aim and what this run has of it.
    struct Aimed {
        var what: String
        var measured: Double
        var aim: Double
        /// Whether less is better.
        var isCeiling: Bool
        /// How its values are written.
        var form: (Double) -> String

        var isMet: Bool { isCeiling ? measured <= aim : measured >= aim }
    }

    /// Of everything that this run measured.
    var aimed: [Aimed] { costs + ratios + sizes }

    private var costs: [Aimed] {
        var rows: [Aimed] = []
        for run in sagas where run.section == Section.socket.rawValue && run.requestsPerSaga == 3 {
            if let aim = Aims.daemonMicroseconds[run.clients] {
                rows.append(ceiling("CPU µs of the daemon, \(run.clients) at once", run.ownMicroseconds ?? 0, aim))
            }
            guard run.clients == 100 else { continue }
            rows.append(ceiling("start p99 ms, 100 at once", run.start.p99, Aims.startP99))
        }
        if let run = sagas.last(where: { $0.section == Section.slow.rawValue }) {
            rows.append(
                ceiling("CPU µs, slow payment, \(run.clients) at once", run.ownMicroseconds ?? 0, Aims.slowMicroseconds)
            )
        }
        return rows
    }

    private var ratios: [Aimed] {
        var rows: [Aimed] = []
        for inside in sagas where inside.section == Section.inProcess.rawValue {
            let outside = sagas.first {
                $0.section == Section.socket.rawValue && $0.requestsPerSaga == 3 && $0.clients == inside.clients
            }
            if let outside, inside.sagasPerSecond > 0 {
                let ratio = outside.sagasPerSecond / inside.sagasPerSecond
                rows.append(floor("socket of in process, \(inside.clients) at once", ratio, Aims.ofInProcess))
            }
            guard let bare, let rate = bare.rates.last(where: { $0.batch <= inside.clients }),
                let aim = Aims.ofBare[rate.batch], let most = bare.sagasPerSecond(clients: inside.clients), most > 0
            else { continue }
            rows.append(floor("in process of libsqlite3, batch \(rate.batch)", inside.sagasPerSecond / most, aim))
        }
        return rows
    }

    private var sizes: [Aimed] {
        var rows = stored.map { ceiling("bytes/saga, \($0.what)", $0.bytesPerSaga, Double($0.aimBytes)) }
        for start in starts {
            if start.sagas == Aims.readySagas {
                rows.append(ceiling("ready ms, 10,000 wait", start.readyMilliseconds, Aims.readyMilliseconds))
            }
            if start.sagas == Aims.residentSagas {
                rows.append(
                    ceiling(
                        "resident MB, 100,000 wait", Double(start.residentBytes) / 1e6,
                        Double(Aims.residentBytes) / 1e6))
            }
        }
        return rows
    }

    private func ceiling(_ what: String, _ measured: Double, _ aim: Double) -> Aimed {
        Aimed(what: what, measured: measured, aim: aim, isCeiling: true, form: Figures.plain)
    }

    private func floor(_ what: String, _ ratio: Double, _ aim: Double) -> Aimed {
        Aimed(what: what, measured: ratio, aim: aim, isCeiling: false, form: Figures.percent)
    }
}
