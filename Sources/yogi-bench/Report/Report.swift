import Foundation

/// All that one run measured; the JSON that `--json` prints.
struct Report: Codable {
    var machine: Machine
    var disk = Disk()
    /// (a)
    var bare: Bare?
    /// (b), (c) and (d)
    var sagas: [Run] = []
    var stored: [Stored] = []
    /// (e)
    var starts: [Start] = []
    /// (g)
    var outage: Outage?
    /// (h): an empty store, and an old one.
    var growth: [Growth] = []
    var peers = Peer.all
    var peersNote = "measured once, before, on two cores of this kind; not in this run"

    init(machine: Machine) {
        self.machine = machine
    }

    /// What it ran on.
    struct Machine: Codable {
        var cores: Int
        var kernel: String
        var filesystem: String
        var sqlite: String
        /// Of each measurement.
        var seconds: Double

        init(place: BenchFolder, seconds: Double) throws {
            cores = ProcessInfo.processInfo.activeProcessorCount
            let release = try String(contentsOfFile: "/proc/sys/kernel/osrelease", encoding: .utf8)
            kernel = release.trimmingCharacters(in: .newlines)
            filesystem = place.filesystem
            sqlite = SQLiteConnection.version
            self.seconds = seconds
        }
    }

    /// 4 KiB made durable, one at a time: at the begin and at the end, as neighbours come and go.
    struct Disk: Codable {
        var fsyncsBefore = 0.0
        var fsyncsAfter = 0.0
    }

    /// (a)
    struct Bare: Codable {
        var transitionsPerSaga: Int
        /// Of the history row of each transition.
        var recordBytes: [Int]
        var rates: [Rate]

        /// What one batch size gives.
        struct Rate: Codable {
            var batch: Int
            var transitionsPerSecond: Double
        }

        /// Sagas a second that so many clients could have at most, were SQLite all: as many transitions a commit as there are
        /// clients, rounded down to a batch that was measured.
        func sagasPerSecond(clients: Int) -> Double? {
            rates.last { $0.batch <= clients }.map { $0.transitionsPerSecond / Double(transitionsPerSaga) }
        }
    }

    /// What a daemon with so many waiting sagas needs to start.
    struct Start: Codable {
        var sagas: Int
        /// From exec to READY=1.
        var readyMilliseconds: Double
        var residentBytes: Int
    }

    /// The database file after a checkpoint, shared out among its sagas.
    struct Stored: Codable {
        var what: String
        var sagas: Int
        var bytesPerSaga: Double
        var aimBytes: Int

        init(_ what: String, sagas: Int, bytes: Int, aim: Int) {
            self.what = what
            self.sagas = sagas
            bytesPerSaga = Double(bytes) / Double(max(1, sagas))
            aimBytes = aim
        }
    }

    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}
