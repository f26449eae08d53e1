internal import Foundation
internal import GRDB
internal import SagaCore

extension ViewRow {
    static let columns = "view, saga, low, key, data"

    /// A key as the index has it: a hash, as the values of attributes stand among the tags (decision 0005).
    static func digest(of key: String) -> Int64 {
        Int64(bitPattern: Tag(kind: .view, name: "", value: key).hash)
    }

    var digest: Int64? { key.map(Self.digest) }

    /// What is sealed: the row, and its key as it is shown, which is said once where it is the key itself.
    func sealed(by ring: KeyRing) throws -> Data {
        var parts = [row, Array(shownKey.utf8)]
        if let key, key != shownKey { parts.append(Array(key.utf8)) }
        return try ring.seal(Packed.bytes(parts), at: place)
    }

    private var place: Place {
        .view(view, saga: saga.number, low: Int64(bitPattern: saga.low), key: digest)
    }

    /// - Throws: ``StoreError`` `unreadable`.
    init(_ found: Row, _ ring: KeyRing) throws(StoreError) {
        guard let view = found.integer(0), let number = found.integer(1), let low = found.integer(2),
            let digest = Int64?.fromDatabaseValue(found[3]), let data = Data.fromDatabaseValue(found[4])
        else {
            throw StoreError(
                .unreadable, "the row of saga number \(found.integer(1) ?? 0) in a view holds values of other types")
        }
        self.init(
            view: view, saga: SagaID(high: SagaID.high(number: number), low: UInt64(bitPattern: low)), key: nil,
            shownKey: "", row: [])
        let opened: [UInt8]
        do throws(KeyRing.Broken) {
            opened = try ring.open(data, at: .view(view, saga: number, low: low, key: digest))
        } catch {
            throw StoreError(.unreadable, "the row of saga \(saga) in view \(view): \(error.message)")
        }
        guard let parts = Packed.parts(opened), (2...3).contains(parts.count) else {
            throw StoreError(.unreadable, "the row of saga \(saga) in view \(view) is no row of a view")
        }
        row = parts[0]
        shownKey = String(decoding: parts[1], as: UTF8.self)
        if digest != nil { key = parts.count == 3 ? String(decoding: parts[2], as: UTF8.self) : shownKey }
    }
}
