import Foundation
import Glibc

/// Measures section by section, one thing at a time, all in one folder.
struct Bench {
    let place: BenchFolder
    let seconds: Double
    let clients: [Int]
    let waitingMax: Int
    /// Of the section with the slow payment, and of the outage.
    let guests: Int
    /// Sagas in the store that has grown old.
    let ended: Int
    /// The folder with reservation.yaml.
    let workflows: String

    func run(_ sections: [Section]) async throws -> Report {
        var report = Report(machine: try Report.Machine(place: place, seconds: seconds))
        let disk = DiskProbe(place: place, seconds: seconds)
        Self.say("the disk")
        report.disk.fsyncsBefore = try disk.fsyncsPerSecond()
        for section in Section.allCases where sections.contains(section) {
            Self.say("(\(section.rawValue)) \(section.title)")
            switch section {
            case .bare:
                report.bare = try await BareSection(place: place, seconds: seconds).measure()
            case .inProcess:
                report.sagas += try await InProcessSection(place: place, load: load).measure()
            case .socket:
                let measured = try await SocketSection(place: place, load: load).measure()
                report.sagas += measured.runs
                report.stored.append(measured.stored)
            case .reservation:
                let measured = try await ReservationSection(place: place, load: load, workflows: workflows).measure()
                report.sagas += measured.runs
                report.stored.append(measured.stored)
            case .waiting:
                let measured = try await WaitingSection(place: place, most: waitingMax, workflows: workflows).measure()
                report.starts = measured.starts
                report.stored.append(measured.stored)
            case .slow:
                report.sagas += try await SlowSection(place: place, seconds: seconds, guests: guests).measure()
            case .outage:
                report.outage = try await OutageSection(place: place, seconds: seconds, guests: guests).measure()
            case .growth:
                report.growth = try await GrowthSection(place: place, seconds: seconds, ended: ended).measure()
            }
        }
        Self.say("the disk once more")
        report.disk.fsyncsAfter = try disk.fsyncsPerSecond()
        return report
    }

    private var load: Load { Load(clients: clients, seconds: seconds) }

    /// Progress goes to standard error, so that standard output is the report alone.
    static func say(_ text: String) {
        let line = Array("yogi-bench: \(text)\n".utf8)
        _ = write(STDERR_FILENO, line, line.count)
    }
}

/// Why it could not be measured.
struct BenchFailure: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) {
        self.description = description
    }
}
