import ArgumentParser

/// Measures and prints.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Measures all of it, or parts, and prints a table.",
        discussion:
            "Other programs on the machine distort every number: the column 'others' says how much CPU they took.")

    @Flag(help: "Print JSON.")
    var json = false

    @Option(help: "Seconds of each measurement; a fifth of it before that warms up.")
    var seconds = 4.0

    @Option(help: "Clients at once, as in 1,10,100.", transform: { try ClientCounts(parsing: $0) })
    var clients = ClientCounts()

    @Option(help: "How many sagas the last section lets wait.")
    var waiting = 100_000

    @Option(help: "Guests at once of the slow payment and of the outage.")
    var guests = 1_000

    @Option(help: "Ended sagas in the store that has grown old.")
    var ended = 1_000_000

    @Option(help: "Sections to measure, as in a,c: \(Section.help).", transform: { try Section.parse($0) })
    var only = Section.allCases

    @Option(help: "Where the databases go: a folder on the disk that is meant.")
    var folder = "/var/tmp"

    @Option(help: "The folder with reservation.yaml.")
    var workflows = "workflows"

    func validate() throws {
        guard (0.1...600).contains(seconds) else { throw ValidationError("--seconds must be 0.1 to 600") }
        guard (2...10_000).contains(guests) else { throw ValidationError("--guests must be 2 to 10000") }
        guard (1...10_000_000).contains(ended) else { throw ValidationError("--ended must be 1 to 10000000") }
        guard (1...10_000_000).contains(waiting) else { throw ValidationError("--waiting must be 1 to 10000000") }
    }

    func run() async throws {
        let place = try BenchFolder(under: folder)
        let interrupt = Interrupt { place.remove() }
        defer {
            interrupt.ignore()
            place.remove()
        }
        let bench = Bench(
            place: place, seconds: seconds, clients: clients.counts, waitingMax: waiting, guests: guests, ended: ended,
            workflows: workflows)
        let report = try await bench.run(only)
        print(json ? try report.json() : ReportText(report).text)
    }
}

/// How many clients at once, in turn.
struct ClientCounts {
    var counts = [1, 10, 100]

    init() {}

    /// - Throws: when it is no list of numbers from 1 to 1,000.
    init(parsing text: String) throws {
        counts = try text.split(separator: ",").map { part in
            guard let count = Int(part), (1...1_000).contains(count) else {
                throw ValidationError("'\(part)' is no number of clients: 1 to 1000")
            }
            return count
        }
    }
}
