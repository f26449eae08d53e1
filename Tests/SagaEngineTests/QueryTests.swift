import CEL
import SagaCore
import SagaStore
import Testing

@testable import SagaEngine

@Suite(.timeLimit(.minutes(30))) struct QueryTests {
    let engine: Engine
    let clock = ManualClock()

    init() throws { engine = try Engine(try SagaStore.inMemory(), ScriptedTransport(), clock) }

    private func start(_ count: Int) async throws -> [SagaID] {
        var sagas: [SagaID] = []
        for number in 0..<count {
            let guest = StartCommand.booking(number % 3 == 0 ? "Ann" : "Bob")
            sagas.append(try await engine.start(guest, wait: .until(.settled)).saga.id)
        }
        return sagas
    }

    @Test func `a saga is found by its id and by a prefix that only it has`() async throws {
        try await engine.running { () async throws in
            let first = try await engine.start(.alarm).saga.id
            await clock.move(.hour, engine)
            let sagas = try await start(2)
            func look(_ text: String) async throws(EngineError) -> SagaID {
                guard let reference = SagaReference(text) else { throw .notFound(reference: "no reference: " + text) }
                return try await engine.look(reference).saga.id
            }
            #expect(try await look(first.description) == first)
            #expect(try await look(String(first.description.prefix(8))) == first)
            #expect(try await look(sagas[1].description.uppercased()) == sagas[1])
            let eight = String(sagas[0].description.prefix(8))
            let ambiguous = await refusal { () async throws(EngineError) in try await look(eight) }
            #expect(ambiguous == .ambiguous(reference: eight, matches: 2))
            let other = String(first.description.dropLast()) + (first.description.hasSuffix("0") ? "1" : "0")
            for text in [other, "00000000", "ffffffff-ffff-7fff-bfff-ffffffffffff"] {
                let missing = await refusal { () async throws(EngineError) in try await look(text) }
                #expect(missing == .notFound(reference: text))
                let history = await refusal { () async throws(EngineError) in
                    try await engine.history(SagaReference(text)!)
                }
                #expect(history == .notFound(reference: text))
            }
        }
    }

    @Test func `rule 25: large sagas make a page shorter, and hide no other`() async throws {
        try await engine.running { () async throws in
            for number in 0..<9 {
                _ = try await engine.start(.booking("\(number)" + String(repeating: "x", count: 1 << 20)))
            }
            let first = try await engine.list(SagaFilter(limit: 100))
            #expect(first.sagas.count < 9)
            var (seen, after) = (first.sagas.count, first.next)
            while let next = after {
                let page = try await engine.list(SagaFilter(limit: 100, after: next))
                (seen, after) = (seen + page.sagas.count, page.next)
            }
            #expect(seen == 9)
            let rows = try await engine.view("mypage", limit: 100)
            #expect(rows.rows.count == 9 || rows.next != nil)
        }
    }

    @Test func `a list comes newest first in pages, of which the last says so`() async throws {
        try await engine.running { () async throws in
            let sagas = try await start(7)
            var seen: [SagaID] = []
            var after: SagaID?
            for count in [3, 3, 1] {
                let page = try await engine.list(SagaFilter(limit: 3, after: after))
                #expect(page.sagas.count == count)
                seen += page.sagas.map(\.id)
                after = page.next
            }
            #expect(after == nil)
            #expect(seen == sagas.reversed())
            #expect(try await engine.list(SagaFilter(limit: 7)).next == nil)
            #expect(try await engine.list(SagaFilter(limit: 0)).sagas.count == 1)
            #expect(try await engine.list(SagaFilter(limit: .max)).sagas.count == 7)
        }
    }

    @Test func `a list is filtered by workflow, state, status and attributes`() async throws {
        try await engine.running { () async throws in
            let sagas = try await start(6)
            let alarm = try await engine.start(.alarm).saga.id
            _ = try await engine.signal(sagas[0], "confirm")
            _ = try await engine.signal(sagas[1], "reject", wait: .until(.ended))
            func list(_ filter: SagaFilter) async throws -> Set<SagaID> {
                Set(try await engine.list(filter).sagas.map(\.id))
            }
            let ann = SagaFilter.Attribute(name: "guest", value: "Ann")
            #expect(try await list(SagaFilter(workflow: "alarm")) == [alarm])
            #expect(try await list(SagaFilter(state: "Reserved")) == Set(sagas[2...]))
            #expect(try await list(SagaFilter(status: .succeeded)) == [sagas[0]])
            #expect(try await list(SagaFilter(status: .cancelled)) == [sagas[1]])
            #expect(try await list(SagaFilter(status: .waiting)) == Set(sagas[2...] + [alarm]))
            #expect(try await list(SagaFilter(attributes: [ann])) == [sagas[0], sagas[3]])
            #expect(try await list(SagaFilter(status: .waiting, attributes: [ann])) == [sagas[3]])
            let bob = SagaFilter.Attribute(name: "guest", value: "Bob")
            #expect(try await list(SagaFilter(attributes: [ann, bob])).isEmpty)
            let page = try await engine.list(SagaFilter(attributes: [bob], limit: 2))
            #expect(page.sagas.map(\.id) == [sagas[5], sagas[4]])
            let rest = try await engine.list(SagaFilter(attributes: [bob], limit: 2, after: page.next))
            #expect(rest.sagas.map(\.id) == [sagas[2], sagas[1]])
            #expect(rest.next == nil)
        }
    }

    @Test func `a view shows what each saga is now, of all keys or one`() async throws {
        try await engine.running { () async throws in
            let sagas = try await start(5)
            _ = try await engine.signal(sagas[3], "confirm")
            let all = try await engine.view("mypage", limit: 3)
            #expect(all.rows.map(\.saga) == [sagas[4], sagas[3], sagas[2]])
            #expect(
                all.rows.map(\.row)
                    == ["Reserved", "Confirmed", "Reserved"].map { .map(MapValue([("status", .string($0))])) })
            let rest = try await engine.view("mypage", limit: 3, after: all.next)
            #expect(rest.rows.map(\.saga) == [sagas[1], sagas[0]])
            #expect(rest.next == nil)
            let ann = try await engine.view("mypage", key: "Ann")
            #expect(ann.rows.map(\.saga) == [sagas[3], sagas[0]])
            #expect(ann.rows.allSatisfy { $0.key == "Ann" })
            #expect(try await engine.view("mypage", key: "Eve").rows.isEmpty)
            let unknown = await refusal { () async throws(EngineError) in try await engine.view("page") }
            #expect(unknown == .unknownView(name: "page", known: ["mypage"]))
        }
    }

    @Test func `a row of a view stays while one of its expressions fails, and says why`() async throws {
        let rooms = try LoadedWorkflow.parsed(
            """
            workflow: rooms
            version: "1"
            initial: Open
            states:
              Open: { signals: { take: { set: { room: "${ signal.data }" }, to: Taken } } }
              Taken: { signals: { close: Closed } }
              Closed: { end: succeeded }
            views: { page: { key: "${ saga.key }", row: { room: "${ vars.room }", state: "${ saga.state }" } } }
            """)
        let engine = try Engine(try SagaStore.inMemory(), ScriptedTransport(), clock, workflows: [rooms])
        try await engine.running { () async throws in
            let saga = try await engine.start(StartCommand(workflow: "rooms", key: "k", input: .null)).saga.id
            func row() async throws -> String {
                JSON.string(try #require(try await engine.view("page", key: "k").rows.first).row)
            }
            let failed = "no such key: 'room' in 'vars.room' (8:57)"
            #expect(try await row() == #"{"room":{"failed":"\#(failed)"},"state":"Open"}"#)
            _ = try await engine.signal(SagaReference(saga), SignalSent(name: "take", data: "7"))
            #expect(try await row() == #"{"room":"7","state":"Taken"}"#)
        }
    }

    @Test func `a history is numbered from 1, with the time of each record`() async throws {
        try await engine.running { () async throws in
            let saga = try await engine.start(.alarm).saga.id
            await clock.move(60_000, engine)
            _ = try await engine.signal(saga, "off")
            let history = try await engine.history(SagaReference(saga))
            #expect(history.entries.map(\.number) == Array(1...5))
            #expect(history.entries.map(\.record.name) == ["started", "entered", "timer-set", "signalled", "ended"])
            #expect(history.entries.map { $0.at - ManualClock.start } == [0, 0, 0, 60_000, 60_000])
            #expect(history.saga.end == .succeeded)
            #expect(history.workflow.name == "alarm")
        }
    }

    @Test func `status tells of live sagas, work done and the store`() async throws {
        try await engine.running { () async throws in
            let sagas = try await start(3)
            _ = try await engine.signal(sagas[0], "confirm")
            let status = try await engine.status()
            #expect(status.live == [.waiting: 2])
            #expect(status.backlog == 0)
            #expect(status.inputs >= 7 && status.commits >= 7)
            #expect(status.storeBytes > 0 && status.storeTrouble == nil)
            #expect(Set(status.calls.keys) == ["pay"])
        }
    }

    @Test func `queries need no loop, and nothing is stored by them`() async throws {
        #expect(try await engine.list(SagaFilter()).sagas.isEmpty)
        #expect(try await engine.status().live.isEmpty)
        #expect(try await engine.workflows().map(\.name) == ["alarm", "booking"])
        #expect(engine.workflow("booking")?.version == "1")
        #expect(engine.workflow("nothing") == nil)
        #expect(!engine.isReady)
    }
}
