import CEL
import ControlAPI
import ControlClient
import Testing

/// Sagas by the number that people call them by, and by their key.
struct SerialTests {
    @Test func `a saga is found, shown and told by its workflow and serial`() async throws {
        try await Desk.open { desk in
            let (first, second) = (try await desk.start(), try await desk.start(#","key":"k-2""#))
            try await desk.withClient { client in
                #expect(try await client.show("order:1").id == first)
                #expect(try await client.show("order:2").serial == 2)
                let listed = try await client.list(ListFilter(workflow: "order", serial: 2)).sagas
                #expect(listed.map(\.id) == [second] && listed.first?.serial == 2)
                let firsts = try await client.list(ListFilter(serial: 1)).sagas
                #expect(firsts.map(\.id) == [first])
                #expect(try await client.list(ListFilter(serial: 1, status: "succeeded")).sagas == [])
                #expect(try await client.list(ListFilter(serial: 3)).sagas == [])
                let keyed = try await client.list(ListFilter(workflow: "order", key: "k-2")).sagas
                #expect(keyed.map(\.id) == [second])
                let rows = try await client.view("mine").rows
                #expect(rows.map(\.serial) == [2, 1])
                #expect(try await client.signal("order:2", "reject").saga.id == second)
                #expect(try await client.cancel("order:1").saga.id == first)
            }
        }
    }

    @Test func `what is no serial, or nobody's, is told`() async throws {
        try await Desk.open { desk in
            for (path, words) in [
                ("sagas/order:7", "there is no saga 'order:7'"),
                ("sagas/nonsense:7", "there is no workflow 'nonsense'; known: order"),
                ("sagas/order:x", "nor a workflow's name and a serial"),
                ("sagas?serial=0", "it must be a number from 1"), ("sagas?key=k", "'key' needs 'workflow'"),
            ] {
                let answer = try await desk.ask("GET /v1/\(path)")
                #expect(answer.contains(words))
            }
        }
    }
}
