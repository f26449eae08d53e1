public import SagaCore
import SagaStore

extension Engine {
    /// So many hexadecimal digits of its id name each of these sagas, among all that there are and all that are still to come: 8 to 32.
    ///
    /// Ids begin with the time of the start, so two sagas of one minute share the first eight digits. The nearest ones to a saga are those
    /// beside it in the store, and for the newest of a minute the one that would be started now.
    /// - Throws: ``EngineError`` when the store cannot be read.
    public func idDigits(of sagas: [SagaID]) async throws(EngineError) -> Int {
        guard !sagas.isEmpty else { return SagaID.Prefix.digitsMin }
        let now = clock.now()
        return try await read { reading throws in
            let next = max(try reading.lastNumber() + 1, now.milliseconds << 12)
            var digits = SagaID.Prefix.digitsMin
            for saga in sagas {
                let beside = try reading.numbers(beside: saga.number)
                for other in [beside.before, beside.after ?? next].compactMap(\.self) {
                    digits = max(digits, saga.digits(tellingFrom: other))
                }
            }
            return digits
        }
    }
}

extension SagaID {
    /// The first digit in which the id differs from every one of another number, counted from 1.
    fileprivate func digits(tellingFrom number: Int64) -> Int {
        min((high ^ Self.high(number: number)).leadingZeroBitCount / 4 + 1, 32)
    }
}

extension WorkflowSet {
    /// Says which name of a filter no workflow has: nothing is found by it, and an empty page would not say why.
    /// - Throws: ``EngineError/unknownWorkflow(name:known:)``, ``EngineError/unknownState(name:workflow:known:)`` or
    ///   ``EngineError/unknownAttribute(name:workflow:known:)``.
    func check(_ filter: SagaFilter) throws(EngineError) {
        let all = byRow.values.filter { workflow in filter.workflow.map { $0 == workflow.name } ?? true }
        if let name = filter.workflow, all.isEmpty {
            throw .unknownWorkflow(name: name, known: Set(byRow.values.map(\.name)).sorted())
        }
        if let name = filter.state, !all.contains(where: { $0.state(name) != nil }) {
            throw .unknownState(
                name: name, workflow: filter.workflow, known: Set(all.flatMap { $0.states.map(\.name) }).sorted())
        }
        let known = Set(all.flatMap { $0.attributes.map(\.name) })
        for attribute in filter.attributes where !known.contains(attribute.name) {
            throw .unknownAttribute(name: attribute.name, workflow: filter.workflow, known: known.sorted())
        }
    }

    /// Says that no workflow has to do with a participant.
    /// - Throws: ``EngineError/unknownParticipant(name:known:)``.
    func check(participant name: String) throws(EngineError) {
        let known = Set(byRow.values.flatMap(\.participants))
        guard !known.contains(name) else { return }
        throw .unknownParticipant(name: name, known: known.sorted())
    }
}

extension Engine {
    /// The saga of a workflow that people call by that serial.
    /// - Throws: ``EngineError``: `notFound`, `unknownWorkflow`, or that the store cannot be read.
    public func saga(of workflow: String, serial: Int64) async throws(EngineError) -> SagaID {
        let rows = workflowSet.rows(named: workflow)
        guard !rows.isEmpty else {
            throw .unknownWorkflow(name: workflow, known: Set(workflowSet.byRow.values.map(\.name)).sorted())
        }
        let found = try await read { reading throws in try reading.sagas(serial: serial, workflows: rows).first?.id }
        guard let found else { throw .notFound(reference: "\(workflow):\(serial)") }
        return found
    }

    /// The serials of sagas; none for one that has none.
    public func serials(of sagas: [SagaID]) async throws(EngineError) -> [SagaID: Int64] {
        guard !sagas.isEmpty else { return [:] }
        let found = try await read { reading throws in try reading.serials(ofSagas: sagas.map(\.number)) }
        return Dictionary(
            sagas.compactMap { saga in found[saga.number].map { (saga, $0) } }, uniquingKeysWith: { $1 })
    }
}

extension SagaFilter {
    /// What the row of a saga must be.
    func fits(_ row: SagaRow) -> Bool {
        (state.map { $0 == row.state } ?? true) && (status.map { $0 == row.status } ?? true)
    }
}
