internal import Foundation
internal import GRDB
internal import SagaCore

extension ViewRow {
    /// With the table of the sagas, which has the other half of their ids.
    static let columns = "view, view_row.saga, low, key, data"

    /// A key as the index has it: a number, as the values of attributes stand among the tags (decision 0005).
    static func digest(of key: String) -> Int64 {
        Tag(kind: .view, name: "", value: key).number
    }

    var digest: Int64? { key.map(Self.digest) }

    /// What is sealed: the row, and its key as it is shown, which is said once where it is the key itself.
    func sealed(by seals: Seals, workflow: Int64) throws -> Data {
        var parts = [row, Array(shownKey.utf8)]
        if let key, key != shownKey { parts.append(Array(key.utf8)) }
        let place = Self.place(view, of: saga, key: digest)
        return try seals.seal(Packed.bytes(parts), at: place, of: saga, workflow: workflow)
    }

    static func place(_ view: Int64, of saga: SagaID, key: Int64?) -> SealPlace {
        .view(view, saga: saga.number, low: Int64(bitPattern: saga.low), key: key)
    }

    /// - Throws: ``StoreError`` `unreadable`.
    init(_ found: Row, _ db: Database, _ seals: Seals) throws {
        guard let view = found.integer(0), let number = found.integer(1), let low = found.integer(2),
            let digest = Int64?.fromDatabaseValue(found[3]), let data = found.blob(4)
        else {
            throw StoreError(
                .unreadable, "the row of saga number \(found.integer(1) ?? 0) in a view holds values of other types")
        }
        self.init(
            view: view, saga: SagaID(high: SagaID.high(number: number), low: UInt64(bitPattern: low)), key: nil,
            shownKey: "", row: [])
        let opened: [UInt8]
        do {
            opened = try seals.bytes(data, at: Self.place(view, of: saga, key: digest), of: saga, db)
        } catch let error as KeyRing.Broken {
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
