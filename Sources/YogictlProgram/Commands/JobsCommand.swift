import ArgumentParser
import ControlAPI
import ControlClient

/// `yogictl jobs`.
struct JobsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jobs", abstract: "Lists bulks of acts, newest first; with a number, all about one.")

    @Argument(help: "The job's number.")
    var id: Int?

    @Option(help: "How many jobs, or sagas of the job, at most: 1 to 1000.")
    var limit: Int?

    @Option(help: "Go on after this one: 'next' of the JSON of the page before.")
    var after: Int?

    @OptionGroup var global: GlobalOptions

    func validate() throws {
        if let limit, !(1...1_000).contains(limit) { throw ValidationError("--limit \(limit) is not in 1 to 1000.") }
    }

    func run() async throws {
        let coloured = Output.standard.isColoured
        if let id {
            let sheet = try await global.daemon { try await $0.job(id, limit: limit, after: after) }
            try global.print(sheet.json, text: JobText.sheet(sheet, coloured: coloured))
            if global.output == .table, let next = sheet.next { try sayMore("sagas", next) }
        } else {
            let list = try await global.daemon { try await $0.jobs(limit: limit, after: after) }
            try global.print(list.json, text: JobText.table(list.jobs, coloured: coloured))
            if global.output == .table, let next = list.next { try sayMore("jobs", next) }
        }
    }

    private func sayMore(_ what: String, _ next: Int) throws {
        try Output.error.line("There are more \(what): --after \(next) or a larger --limit shows them.")
    }
}
