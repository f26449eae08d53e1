import CEL
import ControlAPI

/// Bulks of acts for people.
enum JobText {
    /// `job 1: retry of 40 sagas at 50/s`.
    static func head(_ job: JobResource) -> String {
        "job \(job.id): \(job.act) of \(count(job.total)) at \(job.rate)".printable + "\n"
    }

    /// What a dry run says.
    static func preview(_ preview: JobPreview, act: String) -> String {
        var text = "would \(act) \(count(preview.count))" + (preview.count == 0 ? "\n" : ":\n")
        for saga in preview.sagas { text += "  \(saga.printable)\n" }
        let more = preview.count &- preview.sagas.count
        return text + (more > 0 ? "  and \(more) more\n" : "")
    }

    /// `  12 of 40: 11 done, 1 refused`.
    static func progress(_ job: JobResource) -> String {
        "  \(job.total &- job.left) of \(job.total): \(outcomes(job))\n"
    }

    /// The last line, and why those were not done that were not.
    static func end(_ sheet: JobSheet, coloured: Bool) -> String {
        var text = "\(outcomes(sheet.job))\n"
        let others = sheet.sagas.filter { $0.outcome != "done" }
        if !others.isEmpty { text += "\n" + sagas(others, sheet.idDigits, coloured) }
        return text
    }

    /// A row for each job.
    static func table(_ jobs: [JobResource], coloured: Bool) -> String {
        guard !jobs.isEmpty else { return "no jobs\n" }
        var table = Table(
            "JOB", "ACT", "STATUS", "TOTAL", "DONE", "REFUSED", "FAILED", "LEFT", "RATE", "ACCEPTED", "REASON")
        for job in jobs {
            table.add(
                .init("\(job.id)"), .init(job.act), .init(job.status, job.status == "running" ? .blue : .plain),
                .init("\(job.total)"), .init("\(job.done)"), .init("\(job.refused)"), .init("\(job.failed)"),
                .init("\(job.left)"), .init(job.rate), .init(job.acceptedAt), .init(job.reason))
        }
        return table.text(coloured: coloured)
    }

    /// All about one job.
    static func sheet(_ sheet: JobSheet, coloured: Bool) -> String {
        let job = sheet.job
        var facts = Facts()
        facts.add("JOB", "\(job.id)")
        facts.add("ACT", job.act)
        facts.add("STATUS", job.status)
        facts.add("REASON", job.reason)
        facts.add("BY", job.by)
        facts.add("SAGAS", JSON.string(.map(job.filter)))
        facts.add("RATE", job.rate)
        facts.add("ACCEPTED", job.acceptedAt)
        facts.add("ENDED", job.endedAt)
        facts.add("PROGRESS", "\(job.total &- job.left) of \(job.total): \(outcomes(job))")
        return facts.text(coloured: coloured)
            + (sheet.sagas.isEmpty ? "" : "\n" + sagas(sheet.sagas, sheet.idDigits, coloured))
    }

    private static func sagas(_ items: [JobSheet.Item], _ idDigits: Int?, _ coloured: Bool) -> String {
        var table = Table("SAGA", "OUTCOME", "WHY")
        for item in items {
            let paint: Paint = item.outcome == "done" ? .green : item.outcome == "left" ? .dim : .red
            table.add(
                .init(item.saga.shortened(to: idDigits)), .init(item.outcome, paint), .init(item.message ?? ""))
        }
        return table.text(coloured: coloured)
    }

    private static func outcomes(_ job: JobResource) -> String {
        var parts = ["\(job.done) done"]
        if job.refused > 0 { parts.append("\(job.refused) refused") }
        if job.failed > 0 { parts.append("\(job.failed) failed") }
        return parts.joined(separator: ", ")
    }

    private static func count(_ sagas: Int) -> String { sagas == 1 ? "1 saga" : "\(sagas) sagas" }
}
