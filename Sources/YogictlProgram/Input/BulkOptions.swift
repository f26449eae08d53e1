import ArgumentParser
import CEL
import ControlAPI
import ControlClient

/// An act on one saga, or on all that fit.
struct BulkOptions: ParsableArguments {
    @Argument(help: "The saga's id, its first 8 digits or more, or WORKFLOW:SERIAL; none with --where and its like.")
    var saga: String?

    @Option(
        name: .customLong("where"),
        help: "All live sagas with this attribute, as name=value; all that are given must fit.")
    var attributes: [AttributeArgument] = []

    @Option(help: "All live sagas of this workflow.")
    var workflow: String?

    @Option(help: "All live sagas in this state.")
    var state: String?

    @Option(help: "All sagas with this status.")
    var status: String?

    @Option(help: "How many at most in a second, minute or hour: 50/s, 10/m, 3/h. (default: 50/s)")
    var rate: String?

    @Flag(help: "Do not wait for the end of the job: 'yogictl jobs ID' shows it.")
    var detach = false

    @Flag(name: .customLong("all"), help: .hidden)
    var everything = false

    @OptionGroup var options: ActOptions

    private var isBulk: Bool { !attributes.isEmpty || workflow != nil || state != nil || status != nil }

    func validate() throws {
        if everything, saga != nil || isBulk {
            throw ValidationError("--all with a saga. Say one saga, or --all for the daemon.")
        }
        if everything, options.dryRun || options.waiting.wait != nil || rate != nil || detach {
            throw ValidationError("--dry-run and --wait are for one saga. Leave them out with --all.")
        }
        if saga == nil, !isBulk, !everything {
            throw ValidationError("No saga. Give its id, or choose many with --where, --workflow, --state or --status.")
        }
        if saga != nil, isBulk || rate != nil || detach {
            throw ValidationError("A saga's id with options that choose many. Give either.")
        }
        if isBulk, options.waiting.wait != nil {
            throw ValidationError("--wait with many sagas. The job itself is waited for, unless --detach says no.")
        }
    }

    /// Does it to the saga, or has a job do it to all that fit.
    func carryOut(_ wish: OperatorWish) async throws {
        if let saga { return try await options.carryOut(wish, on: saga) }
        guard isBulk else { throw ValidationError("--all is for 'resume'. Choose sagas with --where and its like.") }
        let filter = ListFilter(
            workflow: workflow, state: state, status: status,
            attributes: attributes.map { ListFilter.Attribute(name: $0.name, value: $0.value) })
        let job = JobWish(act: wish.act.lastSegment, filter: filter, rate: rate, reason: options.reason)
        if options.dryRun { return try await preview(job) }
        let end = try await options.global.daemon { client in
            let accepted = try await client.accept(job)
            if detach { return JobSheet(job: accepted, sagas: [], next: nil) }
            if options.global.output == .table { try Output.standard.write(JobText.head(accepted)) }
            return try await follow(accepted, client)
        }
        let coloured = Output.standard.isColoured
        switch options.global.output {
        case .json: try Output.standard.json(detach ? end.job.json : end.json)
        case .table: try Output.standard.write(detach ? JobText.head(end.job) : JobText.end(end, coloured: coloured))
        }
        if !detach, end.job.done < end.job.total { throw Failure(.refused, nil) }
    }

    private func preview(_ job: JobWish) async throws {
        let preview = try await options.global.daemon { try await $0.preview(job) }
        try options.global.print(preview.json, text: JobText.preview(preview, act: job.act))
    }

    /// Asks until the job has ended; a line for each look that found more done.
    private func follow(_ accepted: JobResource, _ client: ControlClient) async throws -> JobSheet {
        var left = accepted.left
        while true {
            let sheet = try await client.job(accepted.id)
            guard sheet.job.status == "running" else { return try await rest(of: sheet, client) }
            if sheet.job.left < left, options.global.output == .table {
                left = sheet.job.left
                try Output.standard.write(JobText.progress(sheet.job))
            }
            try await Task.sleep(for: Self.interval)
        }
    }

    /// All the sagas of a job that has ended.
    private func rest(of sheet: JobSheet, _ client: ControlClient) async throws -> JobSheet {
        var sheet = sheet
        while let next = sheet.next {
            let page = try await client.job(sheet.job.id, limit: 1_000, after: next)
            sheet.sagas += page.sagas
            sheet.idDigits.grow(to: page.idDigits)
            sheet.next = page.next
        }
        return sheet
    }

    /// Often enough for a person who watches, seldom enough for the daemon.
    private static let interval = Swift.Duration.milliseconds(500)
}
