import SagaCore
import SagaStore
import Synchronization

/// What consumers have acknowledged and is not kept yet. All that waits is written at once: however many consumers there are, the writer
/// has one small transaction for them between two commits, and none while they acknowledge nothing.
final class Acknowledgements: Sendable {
    struct Item: Sendable {
        var consumer: String
        var cursor: FeedCursor
        /// Where the one who acknowledges has read from; `nil`: it does not matter.
        var from: FeedCursor?
        var port: Port<FeedConsumer>
    }

    private let waiting = Mutex<[Item]>([])

    /// How many wait.
    var count: Int { waiting.withLock { $0.count } }

    /// - Returns: whether it is the first that waits, and somebody must see to it that ``keep(in:at:)`` is called.
    func add(_ item: Item) -> Bool {
        waiting.withLock { waiting in
            waiting.append(item)
            return waiting.count == 1
        }
    }

    /// For the thread that writes.
    func keep(in store: SagaStore, at now: Instant) {
        let items = take()
        do throws(EngineError) {
            var book = try store.reading { try Book(Set(items.map(\.consumer)), $0) }
            let outcomes = items.map { item in
                Result { () throws(EngineError) in try book.acknowledge(item, at: now) }
            }
            let changed = book.changed
            if !changed.isEmpty { try store.putting(changed) }
            for (item, outcome) in zip(items, outcomes) { item.port(outcome) }
        } catch {
            for item in items { item.port(.failure(error)) }
        }
    }

    func refuse(_ error: EngineError) {
        for item in take() { item.port(.failure(error)) }
    }

    private func take() -> [Item] {
        waiting.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
    }

    /// The consumers at hand, as they are and as they will be.
    private struct Book {
        private let life: FeedLife
        private var rows: [String: Result<ConsumerRow, EngineError>] = [:]
        private var moved: Set<String> = []

        init(_ names: Set<String>, _ reading: borrowing ReadTransaction) throws {
            life = try reading.feedLife()
            for name in names { rows[name] = try Self.row(name, reading) }
        }

        var changed: [ConsumerRow] { moved.sorted().compactMap { try? rows[$0]?.get() } }

        mutating func acknowledge(_ item: Item, at now: Instant) throws(EngineError) -> FeedConsumer {
            guard let row = try rows[item.consumer]?.get() else {
                throw .unknownConsumer(name: item.consumer, known: [])
            }
            if let from = item.from, from != FeedCursor(life: row.life, place: row.place) {
                throw .wrongCursor(consumer: row.name, message: "'\(row.name)' was moved meanwhile")
            }
            guard let next = try row.acknowledged(item.cursor, in: life, at: now) else { return FeedConsumer(row) }
            rows[row.name] = .success(next)
            moved.insert(row.name)
            return FeedConsumer(next)
        }

        /// One that does not read concerns only those who acknowledge for it.
        private static func row(
            _ name: String, _ reading: borrowing ReadTransaction
        ) throws -> Result<ConsumerRow, EngineError> {
            do {
                if let row = try reading.consumer(name) { return .success(row) }
                return .failure(.unknownConsumer(name: name, known: try reading.consumers().rows.map(\.name)))
            } catch let error as StoreError where error.code == .unreadable {
                return .failure(EngineError(error))
            }
        }
    }
}

extension SagaStore {
    /// Writes consumers as they are now.
    func putting(_ consumers: [ConsumerRow]) throws(EngineError) {
        do throws(StoreError) {
            try write { transaction in for row in consumers { try transaction.put(row) } }
        } catch {
            throw EngineError(error)
        }
    }
}
