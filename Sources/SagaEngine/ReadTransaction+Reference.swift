import SagaCore
import SagaStore

/// Sagas by what people call them, as of a snapshot.
extension ReadTransaction {
    /// The row of the one saga that a reference names.
    /// - Throws: ``EngineError`` `notFound`, `ambiguous` or `broken`.
    func row(named reference: SagaReference) throws -> SagaRow {
        let prefix = reference.prefix
        if prefix.digits == 32 {
            guard let row = try readable(prefix.first.number), row.id == prefix.first else {
                throw EngineError.notFound(reference: reference.description)
            }
            return row
        }
        let rows = try sagas(matching: prefix, limit: Fetched.prefixMax)
        guard let row = rows.first else { throw EngineError.notFound(reference: reference.description) }
        guard rows.count == 1 else {
            throw EngineError.ambiguous(reference: reference.description, matches: rows.count)
        }
        return row
    }

    private func readable(_ number: Int64) throws -> SagaRow? {
        do {
            return try saga(number: number)
        } catch let error as StoreError where error.code == .unreadable {
            throw EngineError.broken(SagaID(high: SagaID.high(number: number), low: 0), message: error.message)
        }
    }
}
