internal import Foundation
internal import GRDB

extension SagaStore {
    /// What opening did about keys, for the log.
    public var keyNotes: [KeyNote] { keys.notes }

    /// A hash of an input as it may stand in the mark and among the suspects: equal for equal ones, and of no use without the key.
    public func keyed(_ hash: UInt64) -> UInt64 { keys.ring.keyed(hash) }

    /// How the store is sealed.
    public func sealStatus() throws(StoreError) -> SealStatus {
        try checkOpen()
        do {
            return try database.read { db in try status(WrappedKey.all(db)) }
        } catch {
            throw StoreError(error, doing: "cannot read the keys of '\(path)'")
        }
    }

    /// Renews the keys: the master key at once, and the data key for all that is written from now on; ``reseal(limit:)`` then replaces
    /// the seals of what is there. For the thread that writes.
    /// - Parameters:
    ///   - source: where the new master key is. One that is the present one stays; without one the key file gets a new key.
    ///   - wrapsOnly: leave the data key as it is.
    public func rekey(_ source: StoreKeys, wrapsOnly: Bool = false) throws(StoreError) -> Rekeyed {
        try checkOpen()
        let before = keys.wrapper
        let ownFile = source.current == nil ? keys.file : nil
        var master = source.current ?? .random(origin: before.origin)
        if let ownFile { master = try ownFile.makeNext() }
        do {
            let rows = try write(wrappedBy: master, wrapsOnly: wrapsOnly)
            if let ownFile {
                master = master.found(in: "the key file '\(ownFile.path)'")
                // Where this fails, the next start finds the new key beside the old one.
                try? ownFile.takeNext()
            }
            keys.wrapper = master
            return Rekeyed(status: try status(rows), isWrappedAnew: master.fingerprint != before.fingerprint)
        } catch {
            throw StoreError(error, doing: "cannot renew the keys of '\(path)'")
        }
    }

    private func write(wrappedBy master: MasterKey, wrapsOnly: Bool) throws -> [WrappedKey] {
        let ring = keys.ring
        var made: DataKey?
        let rows = try database.writeWithoutTransaction { db in
            var rows: [WrappedKey] = []
            let all = try WrappedKey.all(db)
            let walk = try WrappedKey.Walk(of: db, seals)
            try db.inTransaction(.immediate) {
                for row in all {
                    guard let key = ring.key(row.id) else { continue }
                    rows.append(try row.wrapped(anew: key, by: master))
                }
                if !wrapsOnly, let newest = rows.last {
                    let key = DataKey.random(id: newest.id + 1, tokens: ring.key(newest.id)?.tokens)
                    // Before the commit: a reader may see what comes after it at once.
                    ring.add(key)
                    made = key
                    rows.append(try WrappedKey(key, by: master, walk: walk))
                }
                for row in rows { try row.save(db) }
                try readyToCommit()
                return .commit
            }
            return rows
        }
        if let made { ring.use(made.id) }
        return rows
    }

    private func status(_ rows: [WrappedKey]) throws -> SealStatus {
        guard let newest = rows.last else { throw StoreError(.corrupt, "the store '\(path)' has no data key") }
        return SealStatus(
            dataKey: newest.id, master: keys.wrapper.fingerprint, origin: keys.wrapper.origin,
            progress: rows.count > 1 ? .init(done: newest.walk.done, total: newest.walk.total) : nil)
    }
}
