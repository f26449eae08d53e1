import CEL
import ControlAPI
import ControlClient
import SagaCore
import SagaEngine
import TestPrograms
import Testing

/// `GET /v1/sagas/{id}/history`.
@Suite(.timeLimit(.minutes(30))) struct HistoryTests {
    private static func entries(_ id: String) -> [String] {
        let at = #""at":"2027-01-01T10:00:00.000Z""#
        let step = #""step":4,"direction":"forward""#
        return [
            #"{"number":1,\#(at),"type":"started","fields":{"workflow":"order","version":"1","key":"\#(id)","input":"#
                + #"{"name":"Ann","cardNo":"***","amount":100},"serial":1,"by":"\#(Desk.by)"}}"#,
            #"{"number":2,\#(at),"type":"entered","fields":{"state":"Paying"}}"#,
            #"{"number":3,\#(at),"type":"timer-set","fields":{"timer":"10m","due":"2027-01-01T10:10:00.000Z"}}"#,
            #"{"number":4,\#(at),"type":"step-armed","fields":{"state":"Paying","call":"payment.charge","request":"#
                + #"{"cardNo":"***","amount":100}}}"#,
            #"{"number":5,\#(at),"type":"attempted","fields":{\#(step),"attempt":1}}"#,
            #"{"number":6,\#(at),"type":"refused","fields":{\#(step),"code":"declined","message":"no ***"}}"#,
            #"{"number":7,\#(at),"type":"undoing","fields":{"for":"Cancelled"}}"#,
            #"{"number":8,\#(at),"type":"ended","fields":{"state":"Cancelled","status":"cancelled"}}"#,
        ]
    }

    @Test func `a history has each record in order, with who did it`() async throws {
        try await Desk.open { desk in
            desk.participants.script("payment.charge", .refused(code: "declined", message: "no \(Desk.card)"))
            let id = try await desk.start(wait: "ended")
            let answer = try await desk.ask("GET /v1/sagas/\(id)/history")
            #expect(
                answer == """
                    HTTP/1.1 200 OK
                    Content-Type: application/json

                    {"saga":"\(id)","entries":[\(Self.entries(id).joined(separator: ","))]}
                    """)
        }
    }

    @Test func `a followed history is a record a line, as they come, until the saga has ended`() async throws {
        try await Desk.open { desk in
            desk.participants.hold("payment.charge")
            _ = try await desk.ask("POST /v1/sagas", body: Desk.startBody())
            let id = try await desk.only()
            let socket = try RawSocket(desk.path)
            try await socket.send(Desk.message("GET /v1/sagas/\(id)/history?follow"))
            let head = try await socket.read(through: "\r\n\r\n")
            #expect(
                head == "HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nCache-Control: no-cache\r\n"
                    + "transfer-encoding: chunked\r\n\r\n")
            let entries = Self.entries(id)
            for entry in entries.prefix(5) { #expect(try await socket.chunk() == entry + "\n") }
            try await desk.until { $0.waits == 1 }
            desk.participants.release("payment.charge", .refused(code: "declined", message: "no \(Desk.card)"))
            for entry in entries.dropFirst(5) { #expect(try await socket.chunk() == entry + "\n") }
            #expect(try await socket.chunk() == nil)
            // The connection goes on.
            try await socket.send(Desk.message("GET /v1/health"))
            #expect(try await socket.answer().hasPrefix("HTTP/1.1 200 OK\n"))
        }
    }

    @Test func `a followed history goes on after a minute without news`() async throws {
        try await Desk.open { desk in
            let id = try await desk.start()
            try await desk.withClient { client in
                var records = try await client.follow(id).makeAsyncIterator()
                var last = try await records.next()
                while last?.type != "timer-set" || last?.fields["timer"] != .string("72h") {
                    last = try await records.next()
                }
                try await desk.until { $0.waits == 1 }
                desk.advance(milliseconds: 60_000)
                _ = await desk.engine.probe()
                try await desk.until { $0.waits == 1 }
                _ = try await desk.ask("POST /v1/sagas/\(id)/signals/reject")
                #expect(try await records.next()?.type == "signalled")
            }
        }
    }

    @Test func `a followed history ends whole when the daemon goes down`() async throws {
        try await Desk.open { desk in
            let id = try await desk.start()
            let socket = try RawSocket(desk.path)
            try await socket.send(Desk.message("GET /v1/sagas/\(id)/history?follow"))
            _ = try await socket.read(through: "\r\n\r\n")
            try await desk.until { $0.waits == 1 }
            await desk.closeSocket()
            var text = ""
            while let chunk = try await socket.chunk() { text += chunk }
            #expect(text.hasSuffix("}\n"))
            #expect(text.split(separator: "\n").allSatisfy { $0.hasPrefix("{\"number\":") && $0.hasSuffix("}") })
            #expect(try await socket.readToEnd() == "")
        }
    }

    @Test func `the history of an ended saga is followed to its end at once`() async throws {
        try await Desk.open { desk in
            desk.participants.script("payment.charge", .refused(code: "declined", message: "no \(Desk.card)"))
            let id = try await desk.start(wait: "ended")
            try await desk.withClient { client in
                var types: [String] = []
                for try await record in try await client.follow(id) { types.append(record.type) }
                #expect(
                    types == [
                        "started", "entered", "timer-set", "step-armed", "attempted", "refused", "undoing", "ended",
                    ])
                let whole = try await client.history(String(id.prefix(8)))
                #expect(whole.saga == id)
                #expect(whole.entries.map(\.type) == types)
            }
        }
    }

    @Test func `a parameter that is unknown is 400`() async throws {
        try await Desk.open { desk in
            let id = try await desk.start()
            let answer = try await desk.ask("GET /v1/sagas/\(id)/history?folow")
            #expect(answer.hasPrefix("HTTP/1.1 400 Bad Request\n"))
            let detail = #""detail":"unknown query parameter 'folow'; it takes 'follow', 'after', 'limit'"}"#
            #expect(answer.hasSuffix(detail))
        }
    }
}
