import SagaCore
import Synchronization
import Testing

@testable import SagaStore

/// What a list costs is counted in steps of SQLite's machine, which are the same on any computer.
struct ListStepTests {
    private static let tag = SagaCore.Tag(kind: .attribute, name: "guest", value: "Ann")

    /// A store with so many ended sagas, and a few that lists look for, the oldest of all.
    private struct Crowd {
        let folder: Folder
        let store: SagaStore
        let steps = Steps()

        init(ended: Int) throws {
            folder = try Folder()
            store = try SagaStore.open(at: folder.store, movement: Movement(steps: 1, told: steps.step))
            for number in 0..<5 { try store.add(Sample.id(number), status: .stuck, state: "Paying") }
            for number in 5..<10 {
                try store.add(Sample.id(number), status: .cancelled, state: "Cancelled", due: nil, tags: [tag])
            }
            for number in 10..<15 {
                try store.add(Sample.id(number), workflow: 2, status: .succeeded, state: "Done", due: nil)
            }
            try store.write { transaction throws in
                for number in 0..<ended {
                    let id = Sample.id(100 + number)
                    try transaction.append(Sample.records("Done"), saga: id.number, n: 1, at: Sample.start)
                    try transaction.insert(
                        SagaRow(id: id, workflow: 1, status: .succeeded, state: "Done", due: nil, last: 1))
                }
            }
        }

        /// The steps of a list with an empty cache of statements behind it, and how many sagas it has.
        func list(_ body: (borrowing ReadTransaction) throws -> [SagaRow]) throws -> (steps: Int, count: Int) {
            _ = try store.read(body)
            let before = steps.count
            let found = try store.read(body)
            return (steps.count - before, found.count)
        }
    }

    private final class Steps: Sendable {
        private let counted = Atomic<Int>(0)
        var count: Int { counted.load(ordering: .relaxed) }
        @Sendable func step() { counted.add(1, ordering: .relaxed) }
    }

    @Test func `what is rare is found in as many steps among many ended sagas as among few`() throws {
        let lists: [(String, Int, (borrowing ReadTransaction) throws -> [SagaRow])] = [
            ("stuck", 5, { try $0.sagas(status: .stuck, limit: 100) }),
            ("an ended status", 5, { try $0.sagas(status: .cancelled, limit: 100) }),
            ("a status that none has", 0, { try $0.sagas(status: .terminated, limit: 100) }),
            ("a live state", 5, { try $0.sagas(state: "Paying", limit: 100) }),
            ("a final state", 5, { try $0.sagas(state: "Cancelled", limit: 100) }),
            ("a workflow", 5, { try $0.sagas(workflows: [2], limit: 100) }),
            ("an attribute", 5, { try $0.sagas(tag: Self.tag, limit: 100) }),
            ("an attribute and a view's workflows", 5, { try $0.sagas(workflows: [1, 2], tag: Self.tag, limit: 100) }),
            ("the live ones", 5, { try $0.sagas(unended: .only, limit: 100) }),
            ("the live ones, and some ended", 10, { try $0.sagas(unended: .or(Self.tag), limit: 100) }),
            (
                "the oldest in a state", 1,
                { reading in
                    let number = try reading.oldest(workflow: 1, status: .succeeded, state: "Done")
                    return try number.flatMap { try reading.saga(number: $0) }.map { [$0] } ?? []
                }
            ),
            ("all, a page", 100, { try $0.sagas(limit: 100) }),
        ]
        let (few, many) = (try Crowd(ended: 300), try Crowd(ended: 6_000))
        defer {
            few.store.close()
            many.store.close()
        }
        for (name, count, body) in lists {
            let (least, most) = (try few.list(body), try many.list(body))
            #expect(least.count == count && most.count == count, "\(name)")
            #expect(most.steps <= least.steps + least.steps / 10, "\(name): \(least.steps) and \(most.steps) steps")
        }
    }

    @Test func `runs are merged newest first, without a saga twice, page by page`() throws {
        let store = try SagaStore.inMemory()
        for number in 0..<300 {
            let isEnded = number % 3 == 0
            try store.add(
                Sample.id(number), workflow: Int64(number % 7), status: isEnded ? .succeeded : .waiting,
                state: "S\(number % 5)", due: isEnded ? nil : SagaRow.never, tags: number % 2 == 0 ? [Self.tag] : [])
        }
        let expected = (0..<300).reversed().filter { $0 % 3 != 0 || $0 % 2 == 0 }.map { Sample.id($0) }
        for limit in [1, 7, 64, 1_000] {
            var found: [SagaID] = []
            while true {
                let before = found.last?.number ?? .max
                let page = try store.read { try $0.sagas(unended: .or(Self.tag), before: before, limit: limit) }
                found += page.map(\.id)
                if page.count < limit { break }
            }
            #expect(found == expected, "\(limit) a page")
        }
    }
}
