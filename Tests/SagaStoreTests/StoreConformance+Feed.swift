import SagaCore
import SagaStore
import Testing

/// What each ``Store`` tells of its commits.
extension StoreConformance {
    /// What a feed tells behind a place, to its end: as (saga's number, n).
    private func told(
        _ store: any Store, after: FeedPlace = FeedPlace(), limit: Int = 1_000
    ) throws -> (inputs: [[Int64]], next: FeedPlace) {
        var (inputs, next): ([[Int64]], FeedPlace) = ([], after)
        while true {
            let stretch = try store.feed(after: next, limit: limit)
            #expect(!stretch.isTorn)
            inputs += stretch.inputs.map { [$0.saga, $0.n] }
            #expect(stretch.inputs.last.map { $0.next == stretch.next } ?? true)
            next = stretch.next
            if stretch.isEnd { return (inputs, next) }
        }
    }

    @Test(arguments: StoreFactory.all)
    func `a feed has the inputs of all histories in the order of their commits, also for the next process`(
        factory: StoreFactory
    ) throws {
        var store = try factory.make(folder)
        let (one, two) = (Sample.id(1), Sample.id(2))
        #expect(try told(store).inputs == [])
        try store.commit(saga(two, ["A"]) + saga(one, ["A", "B"])) {}
        try store.commit([.history(saga: two.number, n: 2, at: Sample.start, records: records("B"))]) {}
        // What holds no history is nothing to tell.
        try store.commit([.update(row(two, last: 2))]) {}
        try store.commit([.history(saga: one.number, n: 3, at: Sample.start, records: records("C"))]) {}
        if let reopen = factory.reopen { store = try reopen(store, folder) }
        let all = [[two.number, 1], [one.number, 1], [one.number, 2], [two.number, 2], [one.number, 3]]
        for limit in [1, 2, 1_000] { #expect(try told(store, limit: limit).inputs == all) }
        let end = try told(store).next
        #expect(try store.feedLife().end == end)
        #expect(try told(store, after: end).inputs == [])
        try store.commit([.history(saga: two.number, n: 3, at: Sample.start, records: records("C"))]) {}
        #expect(try told(store, after: end).inputs == [[two.number, 3]])
    }

    @Test(arguments: StoreFactory.all)
    func `each input has a place behind it, from where a feed goes on`(factory: StoreFactory) throws {
        let store = try factory.make(folder)
        for number in 1...3 { try store.commit(saga(Sample.id(number), ["A", "B", "C"])) {} }
        let all = try store.feed(after: FeedPlace(), limit: 1_000).inputs
        #expect(all.count == 9)
        #expect(all.map(\.next) == all.map(\.next).sorted())
        for (index, item) in all.enumerated() {
            #expect(try store.feed(after: item.next, limit: 1_000).inputs == Array(all[(index + 1)...]))
        }
    }

    @Test(arguments: StoreFactory.all)
    func `a row that is written again is told again, at its new place`(factory: StoreFactory) throws {
        let store = try factory.make(folder)
        let id = Sample.id(1)
        try store.commit(saga(id, ["A", "B"])) {}
        let end = try told(store).next
        try store.commit([.history(saga: id.number, n: 2, at: Sample.start + 1, records: records("C"))]) {}
        let again = try store.feed(after: end, limit: 10).inputs
        #expect(again.map { [$0.saga, $0.n] } == [[id.number, 2]])
        #expect(again.map(\.at) == [Sample.start + 1])
    }

    @Test(arguments: StoreFactory.all)
    func `a commit that fails is nothing to tell, and takes no place`(factory: StoreFactory) throws {
        let store = try factory.make(folder)
        try store.commit(saga(Sample.id(1), ["A"])) {}
        let end = try told(store).next
        #expect(throws: StoreError.self) { try store.commit(saga(Sample.id(1), ["A"])) {} }
        #expect(try told(store, after: end).next == end)
    }
}
