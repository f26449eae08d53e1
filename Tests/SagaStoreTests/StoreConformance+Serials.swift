import SagaCore
import SagaStore
import Testing

extension StoreConformance {
    private func pinned(_ store: any Store) throws {
        guard let store = store as? SagaStore else { return }
        try store.write { transaction throws in
            for (name, version) in [("w", "1"), ("w", "2"), ("v", "1")] {
                _ = try transaction.pin(name: name, version: version, digest: "", source: "")
            }
        }
    }

    private func row(_ number: Int, serial: Int64?, workflow: Int64 = 1, status: Status = .waiting) -> SagaRow {
        SagaRow(
            id: Sample.id(number), workflow: workflow, status: status, state: "A",
            due: status.isEnded ? nil : SagaRow.never, last: 1, serial: serial)
    }

    private func saga(_ row: SagaRow) -> [Change] {
        [.insert(row), .history(saga: row.id.number, n: 1, at: Sample.start, records: records("A"))]
    }

    @Test(arguments: StoreFactory.all)
    func `the last serials are known by the workflow's name, also to the next process and when a saga moves`(
        factory: StoreFactory
    ) throws {
        var store = try factory.make(folder)
        try pinned(store)
        #expect(try store.lastNumbers().serials == [:])
        try store.commit(
            saga(row(1, serial: 1)) + saga(row(2, serial: 2, workflow: 2)) + saga(row(3, serial: 1, workflow: 3))
                + saga(row(4, serial: nil))
        ) {}
        #expect(try store.lastNumbers().serials == ["w": 2, "v": 1])
        var moved = row(2, serial: 2, workflow: 1)
        moved.last = 1
        try store.commit([.update(moved)]) {}
        if let reopen = factory.reopen { store = try reopen(store, folder) }
        #expect(try store.lastNumbers().serials == ["w": 2, "v": 1])
        var wanted = Wanted()
        wanted.sagas = [Sample.id(2).number]
        guard case .whole(let found, _)? = try store.fetch(wanted, known: { _ in nil }).sagas[Sample.id(2).number]
        else {
            Issue.record("it is not there")
            return
        }
        #expect(found == moved)
    }

    @Test func `a serial finds its saga, and is not given again when that is gone`() throws {
        let store = try SagaStore.open(at: folder.store)
        try pinned(store)
        let old = row(2, serial: 2, status: .succeeded)
        try store.commit(saga(row(1, serial: 1)) + saga(old) + saga(row(3, serial: 1, workflow: 3))) {}
        #expect(try store.read { try $0.sagas(serial: 2, workflows: [1, 2]) } == [old])
        #expect(try store.read { try $0.sagas(serial: 2, workflows: [3]) } == [])
        #expect(try store.read { try $0.serials(ofSagas: [old.id.number, 7]) } == [old.id.number: 2])
        try store.write { transaction throws in try transaction.delete(old, tags: []) }
        #expect(try store.lastNumbers().serials == ["w": 2, "v": 1])
        store.close()
        let reopened = try SagaStore.open(at: folder.store)
        #expect(try reopened.lastNumbers().serials == ["w": 2, "v": 1])
        reopened.close()
    }
}
