import Foundation
import GRDB
import Glibc
import SagaCore
import SagaStore
import Testing

/// The master key: where it comes from, and what happens without it.
struct KeyTests {
    let folder: Folder
    private let one = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
    private let two = "ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

    init() throws { folder = try Folder() }

    private func key(_ text: String) throws -> MasterKey {
        try MasterKey(text: text, origin: "the credential 'store-key'")
    }

    private func failure(_ keys: StoreKeys) -> StoreError? {
        SagaStoreTests.failure { () throws(StoreError) in try SagaStore.open(at: folder.store, keys: keys) }
    }

    /// Everything in the folder but the lock's file, which says who looked last, and what SQLite puts beside a file to read it.
    private func contents() -> [String: Data] {
        let names = folder.names.filter { !["sagas.db.lock", "sagas.db-shm", "sagas.db-wal"].contains($0) }
        return Dictionary(uniqueKeysWithValues: names.map { ($0, folder.bytes($0)) })
    }

    @Test func `without a credential a key file is made once, which only its user may read`() throws {
        var store = try SagaStore.open(at: folder.store)
        let path = folder.file("sagas.db.key")
        #expect(store.keyNotes == [.madeFile(path: path)])
        try store.add(Sample.id(1), state: "A")
        store.close()
        var found = stat()
        #expect(stat(path, &found) == 0)
        #expect(found.st_mode & 0o777 == 0o600)
        #expect(folder.bytes("sagas.db.key").count == 45)
        let before = contents()
        store = try SagaStore.open(at: folder.store)
        #expect(store.keyNotes == [])
        #expect(try store.sealStatus().origin == "the key file '\(path)'")
        #expect(try store.sealStatus().progress == nil)
        store.close()
        #expect(contents()["sagas.db.key"] == before["sagas.db.key"])
    }

    @Test func `with a credential no key file is made`() throws {
        var store = try SagaStore.open(at: folder.store, keys: StoreKeys(current: try key(one)))
        let row = try store.add(Sample.id(1), state: "A")
        #expect(store.keyNotes == [])
        store.close()
        #expect(!folder.names.contains("sagas.db.key"))
        store = try SagaStore.open(at: folder.store, keys: StoreKeys(current: try key(one)))
        #expect(try store.states(of: row) == ["A"])
        store.close()
        #expect(!folder.holds(one))
    }

    @Test func `a missing key is refused, and nothing is touched or made`() throws {
        let first = try key(one)
        try SagaStore.open(at: folder.store, keys: StoreKeys(current: first)).close()
        let before = contents()
        let error = failure(.file)
        #expect(error?.code == .key)
        #expect(
            error?.message
                == "the store is sealed under master key \(first.fingerprint), and there is no key: give the right one as the "
                + "credential 'store-key' (or 'store-key-previous'), or put it back as '\(folder.store).key'; "
                + "the store was not touched")
        #expect(contents() == before)
    }

    @Test func `another key is refused, and nothing is touched`() throws {
        let (first, second) = (try key(one), try key(two))
        try SagaStore.open(at: folder.store, keys: StoreKeys(current: first)).close()
        let before = contents()
        let error = failure(StoreKeys(current: second))
        #expect(error?.code == .key)
        #expect(
            error?.message
                == "the store is sealed under master key \(first.fingerprint), and not under what was found: master key "
                + "\(second.fingerprint) (the credential 'store-key'); give the right one as the credential 'store-key' (or "
                + "'store-key-previous'), or put it back as '\(folder.store).key'; the store was not touched")
        #expect(error?.message.contains(two) == false)
        #expect(contents() == before)
    }

    @Test(arguments: ["", "secret-pass-phrase", "AAECAwQFBgcICQoLDA0ODw==", String(repeating: "0", count: 63), "\u{0}"])
    func `a text that is no key is refused without a word of it`(_ text: String) {
        let error = SagaStoreTests.failure { () throws(StoreError) in
            try MasterKey(text: text, origin: "the credential 'store-key'")
        }
        #expect(
            error?.message
                == "the credential 'store-key' holds no key: it must be 32 random bytes in base64, "
                + "as 'openssl rand -base64 32' prints them")
    }

    @Test func `a key prints as its fingerprint`() throws {
        let key = try key("\n \(one) \n")
        #expect("\(key)" == "master key \(key.fingerprint) (the credential 'store-key')")
        #expect(key.fingerprint.utf8.count == 16)
        #expect(!"\(key)\(String(reflecting: StoreKeys(current: key)))".contains(one))
        #expect(
            try self.key("000102030405060708090a0b0c0d0e0f101112131415161718191A1B1C1D1E1F").fingerprint
                == key.fingerprint)
    }

    @Test func `a key file that others may read is refused`() throws {
        try SagaStore.open(at: folder.store).close()
        let path = folder.file("sagas.db.key")
        chmod(path, 0o640)
        let error = failure(.file)
        #expect(error?.code == .key)
        #expect(
            error?.message
                == "the key file '\(path)' may be read by others than its user; 'chmod 600 \(path)', and think who has read it"
        )
    }

    @Test func `a credential takes over from the key file, and another from it`() throws {
        var store = try SagaStore.open(at: folder.store)
        let row = try store.add(Sample.id(1), state: "A")
        let inFile = try store.sealStatus().master
        store.close()
        let (first, second) = (try key(one), try key(two))
        store = try SagaStore.open(at: folder.store, keys: StoreKeys(current: first))
        #expect(
            store.keyNotes == [.wrappedAnew(from: inFile, to: first.fingerprint, origin: "the credential 'store-key'")])
        store.close()
        unlink(folder.file("sagas.db.key"))
        store = try SagaStore.open(at: folder.store, keys: StoreKeys(current: second, previous: [first]))
        #expect(
            store.keyNotes == [
                .wrappedAnew(from: first.fingerprint, to: second.fingerprint, origin: "the credential 'store-key'")
            ])
        store.close()
        #expect(failure(StoreKeys(current: first))?.code == .key)
        store = try SagaStore.open(at: folder.store, keys: StoreKeys(current: second))
        #expect(try store.states(of: row) == ["A"])
        store.close()
    }

    @Test func `a store that was killed with its keys in the log alone opens by the same key`() async throws {
        let path = folder.store
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
            let store = try SagaStore.open(at: path)
            try store.add(Sample.id(1), state: "A")
            kill(getpid(), SIGKILL)
        }
        let key = folder.bytes("sagas.db.key")
        let store = try SagaStore.open(at: folder.store)
        defer { store.close() }
        #expect(store.keyNotes == [])
        #expect(folder.bytes("sagas.db.key") == key)
        #expect(try store.states(of: try #require(try store.read { try $0.sagas(limit: 1).first })) == ["A"])
    }

    @Test(arguments: [
        "UPDATE data_key SET id = 2", "UPDATE data_key SET wrapped = x'00'",
        "UPDATE data_key SET wrapped = CAST(substr(wrapped, 1, 59) || x'00' AS BLOB)",
    ])
    func `a wrapped key that was changed opens nothing`(_ sql: String) throws {
        try SagaStore.open(at: folder.store).close()
        let raw = try DatabaseQueue(path: folder.store)
        try raw.write { try $0.execute(sql: sql) }
        try raw.close()
        let error = failure(.file)
        #expect(error?.code == .key)
        #expect(
            error?.message.hasSuffix(
                "which wrapped them: the table 'data_key' was changed; restore a backup (it was not touched)") == true)
    }
}
