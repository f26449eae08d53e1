internal import Crypto
internal import Foundation
internal import GRDB
internal import SagaCore

/// What seals the rows: made by the store, and kept in it wrapped by the master key. The number never comes again.
struct DataKey: Sendable {
    let id: Int64
    let key: SymmetricKey
    /// What makes the tokens of calls (``CallTokens``): the same in each data key of a store, as a participant may hold a token for weeks.
    let tokens: SymmetricKey

    /// - Parameter tokens: that of the key before it; `nil` for the first of a store.
    static func random(id: Int64, tokens: SymmetricKey?) -> DataKey {
        DataKey(id: id, key: SymmetricKey(size: .bits256), tokens: tokens ?? SymmetricKey(size: .bits256))
    }

    /// As it is wrapped: both keys, one behind the other.
    fileprivate var bytes: Data {
        key.withUnsafeBytes { Data($0) } + tokens.withUnsafeBytes { Data($0) }
    }

    fileprivate init?(id: Int64, bytes: Data) {
        guard bytes.count == 64 else { return nil }
        self.init(id: id, key: SymmetricKey(data: bytes.prefix(32)), tokens: SymmetricKey(data: bytes.suffix(32)))
    }

    private init(id: Int64, key: SymmetricKey, tokens: SymmetricKey) {
        self.id = id
        self.key = key
        self.tokens = tokens
    }
}

/// A data key as the store has it, and how far the seals of the keys before it are replaced.
struct WrappedKey: Sendable {
    var id: Int64
    /// The key under AES-GCM by the master key; what is authenticated with it is `id`.
    var bytes: Data
    /// The ``MasterKey/fingerprint`` of what wraps it, for messages.
    var master: String
    var walk: Walk

    /// Along the rows that older keys may have sealed.
    struct Walk: Sendable {
        /// Rows of `history` up to this one are done …
        var row: Int64 = 0
        /// … and sagas up to this number.
        var saga: Int64 = 0
        /// Later ones are under the key that the walk is for.
        var rowUntil: Int64 = 0
        var sagaUntil: Int64 = 0
        /// Rows of either kind, for people.
        var done: Int64 = 0
        var total: Int64 = 0

        var isOver: Bool { row >= rowUntil && saga >= sagaUntil }
    }

    /// Wraps a key.
    init(_ key: DataKey, by master: MasterKey, walk: Walk = Walk()) throws {
        id = key.id
        self.walk = walk
        self.master = master.fingerprint
        let box = try AES.GCM.seal(key.bytes, using: master.key, authenticating: Self.authenticated(key.id))
        bytes = box.combined ?? Data()
    }

    /// The same, under another master key.
    func wrapped(anew key: DataKey, by master: MasterKey) throws -> WrappedKey {
        try WrappedKey(key, by: master, walk: walk)
    }

    /// The key, if it is wrapped by that one.
    func unwrapped(by master: MasterKey) -> DataKey? {
        guard let box = try? AES.GCM.SealedBox(combined: bytes),
            let bytes = try? AES.GCM.open(box, using: master.key, authenticating: Self.authenticated(id))
        else { return nil }
        return DataKey(id: id, bytes: bytes)
    }

    private static func authenticated(_ id: Int64) -> [UInt8] {
        var bytes = Array("yogiyogi data key".utf8)
        bytes.append(number: id)
        return bytes
    }
}

extension WrappedKey {
    private static let columns = "id, wrapped, master, row, saga, row_until, saga_until, done, total"

    /// The keys of a store, oldest first; none in one that has no table of them yet.
    static func all(_ db: Database) throws -> [WrappedKey] {
        guard try db.tableExists("data_key") else { return [] }
        return try Row.fetchAll(db, sql: "SELECT \(columns) FROM data_key ORDER BY id").map { row in
            let numbers = (3...8).compactMap { row.integer($0) }
            guard let id = row.integer(0), let bytes = row.blob(1),
                let master = String.fromDatabaseValue(row[2]), numbers.count == 6
            else { throw StoreError(.corrupt, "a row of 'data_key' holds values of other types; restore a backup") }
            let counted = numbers.map { min(max(0, $0), SagaID.numberMax) }
            let walk = Walk(
                row: counted[0], saga: counted[1], rowUntil: counted[2], sagaUntil: counted[3], done: counted[4],
                total: counted[5])
            return WrappedKey(id: id, bytes: bytes, master: master, walk: walk)
        }
    }

    private init(id: Int64, bytes: Data, master: String, walk: Walk) {
        self.id = id
        self.bytes = bytes
        self.master = master
        self.walk = walk
    }

    /// Writes it, in place of what has its number.
    func save(_ db: Database) throws {
        try db.execute(
            sql: "INSERT OR REPLACE INTO data_key(\(Self.columns)) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)",
            arguments: [
                id, bytes, master, walk.row, walk.saga, walk.rowUntil, walk.sagaUntil, walk.done, walk.total,
            ])
    }
}

extension [UInt8] {
    /// Eight bytes, the greatest first.
    mutating func append(number: Int64) {
        for shift in stride(from: 56, through: 0, by: -8) { append(UInt8(truncatingIfNeeded: number >> Int64(shift))) }
    }
}
