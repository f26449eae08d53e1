/// What this project aims at on two cores, over the socket (platform.md, "Peers").
enum Aims {
    /// Sagas a second by number of clients.
    static let sagasPerSecond = [1: 1_000.0, 10: 4_000.0, 100: 5_000.0]
    /// Start to durable answer with one client, in milliseconds.
    static let startP50 = 0.35
    static let startP99 = 1.0
    /// Milliseconds until a daemon with 10,000 waiting sagas is ready.
    static let readyMilliseconds = 50.0
    static let readySagas = 10_000
    /// On disk, a saga.
    static let waitingBytes = 700
    static let endedBytes = 1_000
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
