import ArgumentParser

/// How much of a list to show.
struct PagingOptions: ParsableArguments {
    @Option(help: "How many at most, 1 to 1000.")
    var limit: Int?

    @Option(help: "Go on after this one: 'next' of the JSON of the page before.")
    var after: String?

    @Flag(help: "All of them, page by page.")
    var all = false

    func validate() throws {
        if let limit, !(1...1_000).contains(limit) {
            throw ValidationError("--limit \(limit) is not in 1 to 1000. Give --all for all of them.")
        }
    }

    /// Says on stderr that the list goes on, so that nobody takes a page for all.
    func sayMore(_ what: String) throws {
        try Output.error.line("There are more \(what): --all or a larger --limit shows them.")
    }
}
