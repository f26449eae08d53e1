import CEL
import SagaCore
import SagaStore
import Testing

@testable import SagaEngine

/// Pools that are bounded in bytes, each at its edge (rule 24).
@Suite(.timeLimit(.minutes(30))) struct BudgetTests {
    private static let large = Value.string(String(repeating: "x", count: 1 << 20))

    private func start(_ name: String, by uid: UInt32? = nil, _ input: Value = large) -> Posted {
        var command = StartCommand.booking(name)
        command.input = Document(read: input)
        command.by = uid.map { Actor(uid: $0, gid: $0, pid: 1) }
        return Posted(ask: .start(command), port: { _ in })
    }

    private func signal(by uid: UInt32? = nil, _ data: Value = .null) -> Posted {
        let by = uid.map { Actor(uid: $0, gid: $0, pid: 1) }
        return Posted(ask: .tell(.number(1), .signalled(SignalSent(name: "go", data: data, by: by))), port: { _ in })
    }

    @Test func `an inbox that is full of bytes takes no start, but signals, cancels and what has happened`() throws {
        let inbox = Inbox(commandsMax: 1_000, bytesMax: 8 << 20)
        for guest in 0..<7 { try inbox.push(start("\(guest)")) }
        #expect {
            try inbox.push(start("more"))
        } throws: { error in
            guard case .noRoom(let words)? = error as? EngineError else { return false }
            return words.hasSuffix("of 8388608 that may")
        }
        // A small one may still fit.
        try inbox.push(start("small", .map(MapValue())))
        try inbox.push(signal(Self.large))
        try inbox.push(Posted(ask: .tell(.number(1), .cancelled(CancelSent())), port: { _ in }))
        #expect(throws: EngineError.self) { for _ in 0..<3 { try inbox.push(signal(Self.large)) } }
        let ended = AttemptEnded(
            token: 1, of: nil, outcome: .succeeded(result: Document(bytes: [UInt8](repeating: 32, count: 4 << 20))))
        try inbox.push(Posted(ask: .tell(.number(1), .attemptEnded(ended))))
        #expect(inbox.bytes.used > inbox.bytes.max)
        // Taken in small batches, and all of it is given back.
        while !inbox.take(max: 512).isEmpty {}
        #expect(inbox.bytes == ByteGauge(used: 0, max: 8 << 20) && inbox.commands == 0)
    }

    @Test func `a batch has so many bytes at most, and one order at least`() throws {
        let inbox = Inbox(commandsMax: 1_000)
        for guest in 0..<20 { try inbox.push(start("\(guest)")) }
        #expect(inbox.take(max: 512).count == 7)
        #expect(inbox.take(max: 512).count == 7)
        #expect(inbox.take(max: 512).count == 6)
        try inbox.push(start("whale", .string(String(repeating: "x", count: 16 << 20))))
        #expect(inbox.take(max: 512).count == 1)
    }

    @Test func `one user's flood leaves room for the others, in number and in bytes`() throws {
        let inbox = Inbox(commandsMax: 100, bytesMax: 16 << 20)
        for guest in 0..<50 { try inbox.push(start("\(guest)", by: 7, .map(MapValue()))) }
        let refused = EngineError.noRoom("50 commands of the user 7 wait already, of 50 that may")
        #expect(throws: refused) { try inbox.push(start("more", by: 7, .map(MapValue()))) }
        // Its own signals still pass, and another user's starts.
        try inbox.push(signal(by: 7))
        for guest in 0..<7 { try inbox.push(start("\(guest)", by: 8)) }
        #expect(throws: EngineError.self) { try inbox.push(start("more", by: 8)) }
        try inbox.push(start("third", by: 9))
        // A wait is its user's too.
        let looks = Inbox(commandsMax: 4)
        let look = Posted(ask: .look(.number(1)), port: { _ in }, looker: 7)
        for _ in 0..<2 { try looks.push(look) }
        #expect(throws: EngineError.self) { try looks.push(look) }
        try looks.push(Posted(ask: .look(.number(1)), port: { _ in }, looker: 8))
    }

    @Test func `a full inbox leaves the daemon its own questions`() throws {
        let inbox = Inbox(commandsMax: 4)
        for guest in 0..<4 { try inbox.push(start("\(guest)", .map(MapValue()))) }
        for _ in 0..<Inbox.reserve(of: 4) { try inbox.push(signal()) }
        #expect(throws: EngineError.busy(inboxMax: 4)) { try inbox.push(signal()) }
        for _ in 0..<64 { try inbox.push(Chore.probe(writing: false, { _ in })) }
        #expect(throws: EngineError.self) { try inbox.push(Chore.probe(writing: false, { _ in })) }
    }

    private func entry(_ number: Int64, bytes: Int) throws -> Entry {
        let store = try SagaStore.inMemory()
        let rig = try Rig(store)
        let handled = try rig.send(
            .start(StartCommand(workflow: "desk", key: "k\(number)", input: .map(MapValue([("note", .string("n"))])))))
        var entry = handled.entry
        let id = SagaID(high: SagaID.high(number: number), low: 0)
        entry.row.id = id
        entry.saga.input = .map(MapValue([("note", .string(String(repeating: "x", count: bytes)))]))
        return entry
    }

    @Test func `the cache never has more bytes than its budget, and what is larger than that it does not keep`() throws
    {
        var cache = SagaCache(max: 1_000, bytesMax: 1 << 20)
        let small = try entry(0, bytes: 100 << 10)
        for number in 1...40 {
            var entry = small
            entry.row.id = SagaID(high: SagaID.high(number: Int64(number)), low: 0)
            cache.keep(entry)
            #expect(cache.bytes.used <= 1 << 20)
            #expect(cache.find(Int64(number)) != nil)
        }
        #expect(cache.find(1) == nil && cache.find(39) != nil)
        #expect(cache.bytes.used > 300 << 10)
        cache.keep(try entry(50, bytes: 2 << 20))
        #expect(cache.find(50) == nil && cache.find(39) != nil)
        cache.limit(max: 1_000, bytesMax: 1 << 10)
        #expect(cache.bytes == ByteGauge(used: 0, max: 1 << 10))
    }

    @Test func `what a saga grows to is counted, and what it was is not`() throws {
        var cache = SagaCache(max: 10, bytesMax: 1 << 20)
        var entry = try entry(1, bytes: 10)
        cache.keep(entry)
        let before = cache.bytes.used
        entry.saga.input = .map(MapValue([("note", .string(String(repeating: "x", count: 1_000)))]))
        cache.keep(entry)
        #expect(cache.bytes.used == before + 990)
        cache.forget(1)
        #expect(cache.bytes.used == 0)
    }

    @Test func `early signals have bytes for a key and bytes in all, also after a restart`() throws {
        let store = try SagaStore.inMemory()
        let rig = try Rig(store, earlyBytesMax: 6 << 20)
        func keep(_ key: String, in rig: Rig) throws -> Instant? {
            let signal = SignalSent(name: "go", data: .map(MapValue([("note", Self.large)])))
            return try rig.keep(.early(KeyedSignal(workflow: "desk", key: key, signal: signal)))
        }
        for _ in 0..<3 { #expect(try keep("a", in: rig) != nil) }
        #expect(throws: EngineError.tooEarly(what: "for the key 'a', by their bytes,", max: 3)) {
            try keep("a", in: rig)
        }
        for _ in 0..<2 { #expect(try keep("b", in: rig) != nil) }
        #expect {
            try keep("c", in: rig)
        } throws: { error in
            guard case .tooEarly(let what, 5)? = error as? EngineError else { return false }
            return what.hasSuffix("bytes in all")
        }
        let used = rig.gauges.current.earlyBytes.used
        #expect(used > 5 << 20)
        let next = try Rig(store, earlyBytesMax: 6 << 20)
        #expect(abs(next.gauges.current.earlyBytes.used - used) < 1 << 10)
        #expect(throws: EngineError.self) { try keep("c", in: next) }
        // Handed over, they make room.
        _ = try next.start(key: "a")
        #expect(next.gauges.current.earlyBytes.used < 3 << 20)
        #expect(try keep("c", in: next) != nil)
    }

    @Test func `a page of effects ends by its bytes, as sagas are shown with them`() async throws {
        let store = try SagaStore.inMemory()
        let engine = try Engine(store, ScriptedTransport.holding(), ManualClock(), limits: EngineLimits(batchMax: 4))
        try await engine.running { () async throws in
            for guest in 0..<6 {
                var command = StartCommand.booking("\(guest)")
                command.input = Document(
                    read: .map(MapValue([("guest", .string("\(guest)" + String(repeating: "x", count: 1 << 20)))])))
                command.key = "\(guest)"
                _ = try await engine.start(command)
            }
            var (pages, found, after) = (0, 0, SagaID?.none)
            repeat {
                let page = try await engine.effects(EffectFilter(limit: 1_000, after: after))
                pages += 1
                found += page.effects.count
                after = page.next
            } while after != nil
            #expect(found == 6 && pages > 1 && pages < 6)
        }
    }
}
