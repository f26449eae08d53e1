import SagaStore

extension SagaStore {
    /// Reads a snapshot; what the body refuses comes out as it is, and not as a failure of the store.
    func reading<T>(_ body: (borrowing ReadTransaction) throws -> T) throws(EngineError) -> T {
        let result: Result<T, EngineError>
        do throws(StoreError) {
            result = try read { reading in
                do {
                    return .success(try body(reading))
                } catch let error as EngineError {
                    return .failure(error)
                }
            }
        } catch {
            throw EngineError(error)
        }
        return try result.get()
    }
}

extension EngineError {
    init(_ error: StoreError) {
        self = .store(code: error.code.rawValue, message: error.message)
    }
}
