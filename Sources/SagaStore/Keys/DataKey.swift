internal import Crypto
internal import Foundation
internal import GRDB

/// What seals the rows: made by the store, and kept in it wrapped by the master key. The number never comes again.
struct DataKey: Sendable {
    let id: Int64
    let key: SymmetricKey

    static func random(id: Int64) -> DataKey {
        DataKey(id: id, key: SymmetricKey(size: .bits256))
    }
}

/// A data key as the store has it, and how far it has come.
struct WrappedKey: Sendable {
    var id: Int64
    /// The key under AES-GCM by the master key; what is authenticated with it is `id`.
    var bytes: Data
    /// History rows up to this one are sealed by this key or a later one …
    var position: Int64
    /// … and so are those after this one.
    var until: Int64
    /// The ``MasterKey/fingerprint`` of what wraps it, for messages.
    var master: String

    /// Wraps a key.
    init(_ key: DataKey, by master: MasterKey, position: Int64, until: Int64) throws {
        id = key.id
        self.position = position
        self.until = until
        self.master = master.fingerprint
        let box = try key.key.withUnsafeBytes {
            try AES.GCM.seal($0, using: master.key, authenticating: Self.authenticated(key.id))
        }
        bytes = box.combined ?? Data()
    }

    /// The same, under another master key.
    func wrapped(anew key: DataKey, by master: MasterKey) throws -> WrappedKey {
        try WrappedKey(key, by: master, position: position, until: until)
    }

    /// The key, if it is wrapped by that one.
    func unwrapped(by master: MasterKey) -> DataKey? {
        guard let box = try? AES.GCM.SealedBox(combined: bytes),
            let key = try? AES.GCM.open(box, using: master.key, authenticating: Self.authenticated(id)),
            key.count == 32
        else { return nil }
        return DataKey(id: id, key: SymmetricKey(data: key))
    }

    private static func authenticated(_ id: Int64) -> [UInt8] {
        var bytes = Array("yogiyogi data key".utf8)
        bytes.append(number: id)
        return bytes
    }
}

extension WrappedKey {
    /// The keys of a store, oldest first; none in one that has no table of them yet.
    static func all(_ db: Database) throws -> [WrappedKey] {
        guard try db.tableExists("data_key") else { return [] }
        return try Row.fetchAll(
            db, sql: "SELECT id, wrapped, position, until, master FROM data_key ORDER BY id"
        ).map { row in
            guard let id = row.integer(0), let bytes = Data.fromDatabaseValue(row[1]), let position = row.integer(2),
                let until = row.integer(3), let master = String.fromDatabaseValue(row[4])
            else { throw StoreError(.corrupt, "a row of 'data_key' holds values of other types; restore a backup") }
            return WrappedKey(id: id, bytes: bytes, position: position, until: until, master: master)
        }
    }

    private init(id: Int64, bytes: Data, position: Int64, until: Int64, master: String) {
        self.id = id
        self.bytes = bytes
        self.position = position
        self.until = until
        self.master = master
    }

    /// Writes it, in place of what has its number.
    func save(_ db: Database) throws {
        try db.execute(
            sql: "INSERT OR REPLACE INTO data_key(id, wrapped, position, until, master) VALUES(?, ?, ?, ?, ?)",
            arguments: [id, bytes, position, until, master])
    }
}

extension [UInt8] {
    /// Eight bytes, the greatest first.
    mutating func append(number: Int64) {
        for shift in stride(from: 56, through: 0, by: -8) { append(UInt8(truncatingIfNeeded: number >> Int64(shift))) }
    }
}
