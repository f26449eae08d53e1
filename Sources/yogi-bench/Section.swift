import ArgumentParser

/// The parts of the benchmark, as issue and table name them.
enum Section: String, CaseIterable {
    case bare = "a"
    case inProcess = "b"
    case socket = "c"
    case reservation = "d"
    case waiting = "e"
    case slow = "f"
    case outage = "g"
    case growth = "h"

    var title: String {
        switch self {
        case .bare: "bare libsqlite3"
        case .inProcess: "the engine in process"
        case .socket: "the daemon over its socket"
        case .reservation: "reservation.yaml with both participants"
        case .waiting: "sagas that wait"
        case .slow: "a slow payment and many guests"
        case .outage: "a participant that is down"
        case .growth: "a store that has grown old"
        }
    }

    /// What a run of it over the socket is called in the tables.
    var way: String {
        switch self {
        case .reservation: "reservation.yaml"
        case .slow: "slow payment"
        case .growth: "old store"
        default: title
        }
    }

    static var help: String { allCases.map { "\($0.rawValue) \($0.title)" }.joined(separator: ", ") }

    /// - Throws: for a letter that names none.
    static func parse(_ text: String) throws -> [Section] {
        try text.split(separator: ",").map { part in
            guard let section = Section(rawValue: String(part)) else {
                throw ValidationError("'\(part)' is no section: \(help)")
            }
            return section
        }
    }
}
