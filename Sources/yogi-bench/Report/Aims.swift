/// What this project aims at on two cores, whichever they are: CPU and ratios of one run first, as machines differ.
enum Aims {
    /// Microseconds of the daemon's CPU for one saga of one call with three requests, by number of clients.
    static let daemonMicroseconds = [1: 500.0, 100: 250.0]
    /// The same with a payment of 400 to 620 ms and many guests.
    static let slowMicroseconds = 600.0
    /// The part that the socket leaves of the rate in process.
    static let ofInProcess = 0.5
    /// The part that the engine leaves of what libsqlite3 alone commits, by batch.
    static let ofBare = [1: 0.6, 8: 0.35, 64: 0.25]
    /// Milliseconds of the start's durable answer: the slowest in a hundred, with 100 clients.
    static let startP99 = 15.0
    /// Milliseconds until a daemon with 10,000 waiting sagas is ready.
    static let readyMilliseconds = 50.0
    static let readySagas = 10_000
    /// On disk, a saga, sealed.
    static let waitingBytes = 900
    static let endedBytes = 1_100
    /// Resident with 100,000 waiting sagas.
    static let residentBytes = 40_000_000
    static let residentSagas = 100_000
}

/// Other engines with the saga of the sections b and c, durable, on two cores of this kind: measured once, before, and not in
/// this run (platform.md, "Peers").
struct Peer: Codable {
    var name: String
    /// Sagas a second with 1, 10 and 100 clients.
    var sagasPerSecond: [Double]

    static let clients = [1, 10, 100]

    static let all = [
        Peer(name: "Unhinged 0.2.0 (SQLite, in process)", sagasPerSecond: [366, 473, 622]),
        Peer(name: "Absurd 0.5.1 (PostgreSQL 15)", sagasPerSecond: [91, 305, 413]),
        Peer(name: "DBOS 3.4 (SQLite, WAL)", sagasPerSecond: [54, 71, 75]),
        Peer(name: "Temporal dev server 1.32 (SQLite)", sagasPerSecond: [17, 48, 40]),
    ]

    /// The fastest of them with so many clients.
    static func best(clients: Int) -> Double? {
        Peer.clients.firstIndex(of: clients).flatMap { index in all.map { $0.sagasPerSecond[index] }.max() }
    }
}
