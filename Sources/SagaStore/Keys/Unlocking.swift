internal import GRDB

/// What there is to open a store with, found out before a byte of it changes.
struct Unlocking {
    private let master: MasterKey
    private let keys: [DataKey]
    private let wrapped: [WrappedKey]
    private let file: KeyFile?
    private var notes: [KeyNote] = []
    /// What the key file needs once the store is open.
    private var tidying: @Sendable (KeyFile) throws(StoreError) -> Void = { _ in }

    /// Finds the key that opens the store; for a store that has none yet, the one that it will be wrapped by.
    /// - Throws: ``StoreError`` `key` when none of them does: the store is not touched, and no key file is made.
    init(_ wrapped: [WrappedKey], with keys: StoreKeys, file: KeyFile) throws(StoreError) {
        self.file = file
        self.wrapped = wrapped
        let (inFile, next) = (try file.current(), try file.next())
        guard !wrapped.isEmpty else {
            self.keys = []
            if let known = keys.current ?? inFile {
                master = known
            } else {
                master = try file.make()
                notes.append(.madeFile(path: file.path))
            }
            return
        }
        let candidates = ([keys.current] + keys.previous + [inFile, next]).compactMap(\.self)
        let found = candidates.lazy.compactMap { candidate in Self.open(wrapped, candidate).map { (candidate, $0) } }
        guard let (opener, opened) = found.first else {
            throw Self.refusal(wrapped, candidates, file)
        }
        self.keys = opened
        if let current = keys.current {
            master = current
        } else if opener.fingerprint == next?.fingerprint {
            // A crash came after the commit and before the file got its name.
            tidying = { file throws(StoreError) in try file.takeNext() }
            master = opener.found(in: inFile?.origin ?? "the key file '\(file.path)'")
        } else if let inFile {
            // A crash came before the commit.
            if next != nil { tidying = { file throws(StoreError) in file.dropNext() } }
            master = inFile
        } else {
            master = try file.make()
            notes.append(.madeFile(path: file.path))
        }
        if opener.fingerprint != master.fingerprint {
            notes.append(.wrappedAnew(from: opener.fingerprint, to: master.fingerprint, origin: master.origin))
        }
    }

    /// For a store in memory.
    init() {
        master = .random(origin: "this process")
        (keys, wrapped, file) = ([], [], nil)
    }

    /// Writes the keys that the store does not have so, in one transaction.
    func settle(in database: any DatabaseWriter) throws -> Keys {
        if let file { try tidying(file) }
        let held = try database.write { db in
            // Else a key that was not seen would be overwritten, and all that it seals were lost.
            guard try WrappedKey.all(db).map(\.bytes) == wrapped.map(\.bytes) else {
                throw StoreError(.key, "the store's data keys changed while it was opened; start again")
            }
            guard !wrapped.isEmpty else {
                let key = DataKey.random(id: 1, tokens: nil)
                let first = try WrappedKey(key, by: master)
                try first.save(db)
                return (keys: [key], newest: first)
            }
            if wrapped.contains(where: { $0.master != master.fingerprint }) {
                for (row, key) in zip(wrapped, keys) { try row.wrapped(anew: key, by: master).save(db) }
            }
            return (keys: keys, newest: wrapped[wrapped.count - 1])
        }
        let ring = KeyRing(held.keys, current: held.newest.id)
        return Keys(ring: ring, master: master, file: file, notes: notes)
    }

    private static func open(_ wrapped: [WrappedKey], _ master: MasterKey) -> [DataKey]? {
        let keys = wrapped.compactMap { $0.unwrapped(by: master) }
        return keys.count == wrapped.count ? keys : nil
    }

    private static func refusal(_ wrapped: [WrappedKey], _ tried: [MasterKey], _ file: KeyFile) -> StoreError {
        let name = wrapped.last?.master ?? ""
        let advice =
            "give the right one as the credential 'store-key' (or 'store-key-previous'), or put it back as '\(file.path)'; "
            + "the store was not touched"
        guard !tried.isEmpty else {
            return StoreError(
                .key, "the store is sealed under master key \(name), and there is no key: \(advice)")
        }
        let list = tried.map(\.description).joined(separator: ", ")
        if tried.contains(where: { $0.fingerprint == name }) {
            return StoreError(
                .key,
                "the store's data keys do not open by \(list), which wrapped them: the table 'data_key' was changed; "
                    + "restore a backup (it was not touched)")
        }
        return StoreError(
            .key, "the store is sealed under master key \(name), and not under what was found: \(list); \(advice)")
    }
}

/// What opening did about keys, for the log.
public enum KeyNote: Sendable, Hashable {
    /// There was no credential and no key file.
    case madeFile(path: String)
    /// The data keys are wrapped by another master key from now on; fingerprints.
    case wrappedAnew(from: String, to: String, origin: String)
}
