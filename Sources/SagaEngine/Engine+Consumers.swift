import Logging
import OperatorLog
public import SagaCore
import SagaStore

/// Those who are told under a name.
extension Engine {
    /// How many there may be: each is a row, and each webhook a connection and a page in memory.
    public static let consumersMax = 64

    /// By name; and the names of those whose rows do not read.
    /// - Parameter progress: of those who acknowledge less often than they read, by name.
    public func consumers(
        _ progress: [String: ConsumerProgress] = [:]
    ) async throws(EngineError) -> (states: [ConsumerState], unreadable: [String]) {
        try await read { reading in try Self.consumers(progress, reading) }
    }

    static func consumers(
        _ progress: [String: ConsumerProgress], _ reading: borrowing ReadTransaction
    ) throws -> (states: [ConsumerState], unreadable: [String]) {
        let (rows, unreadable) = try reading.consumers()
        let life = try reading.feedLife()
        var states: [ConsumerState] = []
        for row in rows { states.append(try state(row, progress[row.name], life, reading)) }
        return (states, unreadable)
    }

    /// - Throws: ``EngineError/unknownConsumer(name:known:)`` and others.
    public func consumer(_ name: String, _ progress: ConsumerProgress? = nil) async throws(EngineError) -> ConsumerState
    {
        try await read { reading in
            try Self.state(try Self.row(name, reading), progress, try reading.feedLife(), reading)
        }
    }

    /// Makes one, or gives it another filter.
    /// - Parameters:
    ///   - start: counts only when it is made.
    ///   - isForeign: its filter may name workflows that are not loaded: that of a configuration does, whose workflows may come later.
    /// - Returns: whether it is new.
    public func put(
        consumer name: String, _ filter: FeedFilter, from start: FeedStart, isForeign: Bool = false
    ) async throws(EngineError) -> (state: ConsumerState, isNew: Bool) {
        guard FeedConsumer.isName(name) else { throw .badConsumer(name: name) }
        if !isForeign {
            for workflow in filter.workflows.sorted() { try workflowSet.check(SagaFilter(workflow: workflow)) }
        }
        let now = clock.now()
        let isNew = try await keep { store throws(EngineError) in
            let (found, count, life) = try store.reading { reading in
                (try reading.consumer(name), try reading.consumerCount(), try reading.feedLife())
            }
            if var row = found {
                if row.workflows == filter.workflows, row.kinds == filter.kinds { return false }
                (row.workflows, row.kinds) = (filter.workflows, filter.kinds)
                try store.putting([row])
                return false
            }
            guard count < Self.consumersMax else { throw .tooManyConsumers(max: Self.consumersMax) }
            let cursor = ConsumerRow.cursor(start, in: life)
            let row = ConsumerRow(
                name: name, life: cursor.life, place: cursor.place, workflows: filter.workflows, kinds: filter.kinds,
                madeAt: now)
            // What another life told is known to have been told by it: the feed says where they parted.
            if cursor.life == life.id { try row.check(cursor, in: life) }
            try store.putting([row])
            return true
        }
        return (try await consumer(name), isNew)
    }

    /// What a consumer has taken: durable when this returns. It goes forward only.
    /// - Parameter from: where it must be; `nil`: wherever it is.
    public func acknowledge(
        _ cursor: FeedCursor, for consumer: String, from: FeedCursor? = nil
    ) async throws(EngineError) -> FeedConsumer {
        try await replied { port in
            let item = Acknowledgements.Item(consumer: consumer, cursor: cursor, from: from, port: port)
            guard acknowledgements.add(item) else { return }
            let chore = Chore.upkeep(
                Upkeep(
                    run: { [acknowledgements, clock] in acknowledgements.keep(in: $0, at: clock.now()) },
                    refuse: { [acknowledgements] in acknowledgements.refuse($0) }))
            do throws(EngineError) {
                try inbox.push(.chore(chore))
            } catch {
                acknowledgements.refuse(error)
            }
        }.get()
    }

    /// Moves a consumer by hand, back or forth; the log says who and why.
    /// - Throws: ``EngineError``, of which ``EngineError/reasonMissing``.
    public func move(
        consumer name: String, to start: FeedStart, reason: String, by actor: Actor? = nil
    ) async throws(EngineError) -> ConsumerState {
        let reason = try OperateCommand.checked(reason)
        let now = clock.now()
        let (before, after) = try await keep { store throws(EngineError) in
            let (row, life) = try store.reading { reading in (try Self.row(name, reading), try reading.feedLife()) }
            let moved = try row.moved(to: start, in: life, at: now)
            try store.putting([moved])
            return (FeedConsumer(row), FeedConsumer(moved))
        }
        var fields: Logger.Metadata = [
            "CONSUMER": "\(name)", "REASON": "\(reason)", "FROM": "\(before.cursor)", "TO": "\(after.cursor)",
        ]
        if let actor { fields["ACTOR_UID"] = "\(actor.uid)" }
        logger.tell(.consumerMoved, fields)
        bell.ring()
        return try await consumer(name)
    }

    /// Forgets one, also one that does not read; the log says who and why.
    /// - Throws: ``EngineError``, of which ``EngineError/unknownConsumer(name:known:)``.
    public func remove(consumer name: String, reason: String, by actor: Actor? = nil) async throws(EngineError) {
        let reason = try OperateCommand.checked(reason)
        try await keep { store throws(EngineError) in
            let (rows, unreadable) = try store.reading { try $0.consumers() }
            guard rows.contains(where: { $0.name == name }) || unreadable.contains(name) else {
                throw .unknownConsumer(name: name, known: rows.map(\.name) + unreadable)
            }
            do throws(StoreError) {
                try store.write { try $0.delete(consumer: name) }
            } catch {
                throw EngineError(error)
            }
        }
        var fields: Logger.Metadata = ["CONSUMER": "\(name)", "REASON": "\(reason)"]
        if let actor { fields["ACTOR_UID"] = "\(actor.uid)" }
        logger.tell(.consumerRemoved, fields)
        bell.ring()
    }

    /// What a consumer is told next, by its filter.
    /// - Parameter after: where to go on; `nil`: behind what it has acknowledged.
    public func feed(
        consumer name: String, after: FeedCursor? = nil, limit: Int = Engine.pageMax
    ) async throws(EngineError) -> ConsumerPage {
        let limit = min(max(1, limit), Self.pageMax)
        return try await read { [self] reading in
            let consumer = FeedConsumer(try Self.row(name, reading))
            var pager = FeedPager(
                after: after ?? consumer.cursor, try reading.feedLife(), consumer.filter, saga: nil, limit: limit,
                workflows: workflowSet)
            try pager.fill(reading)
            return ConsumerPage(consumer: consumer, page: pager.page)
        }
    }

    /// Reads and writes on the thread that writes, between two commits.
    private func keep<T: Sendable>(
        _ work: @escaping @Sendable (SagaStore) throws(EngineError) -> T
    ) async throws(EngineError) -> T {
        let result: Result<T, EngineError> = try await upkeep { store in
            Result { () throws(EngineError) in try work(store) }
        }
        return try result.get()
    }

    private static func row(_ name: String, _ reading: borrowing ReadTransaction) throws -> ConsumerRow {
        if let row = try reading.consumer(name) { return row }
        throw EngineError.unknownConsumer(name: name, known: try reading.consumers().rows.map(\.name))
    }

    private static func state(
        _ row: ConsumerRow, _ progress: ConsumerProgress?, _ life: FeedLife, _ reading: borrowing ReadTransaction
    ) throws -> ConsumerState {
        var cursor = FeedCursor(life: row.life, place: row.place)
        if let progress, progress.kept == cursor { cursor = progress.reached }
        // Of another life, from where they parted: that is where it goes on.
        let place = cursor.life == life.id ? cursor.place : min(cursor.place, life.since)
        let behind = max(0, life.end.commit - place.commit)
        return ConsumerState(
            consumer: FeedConsumer(row), behind: behind,
            oldest: behind == 0 ? nil : try reading.commitTime(from: place))
    }
}
