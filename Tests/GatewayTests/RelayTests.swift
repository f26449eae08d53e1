import CEL
import Logging
import NIOHTTP1
import SagaCore
import SagaEngine
import ServiceLifecycle
import Synchronization
import TestPrograms
import Testing

@testable import Gateway

/// The control API behind `/api`, and what is told when something is not there.
struct RelayTests {
    @Test func `the control API answers as at the socket, with its own paths behind /api`() async throws {
        try await House.open { house in
            let started = try await house.ask(
                .POST, "/api/v1/sagas?wait=settled",
                #"{"workflow":"reservation","input":{"name":"A","cardNo":"1","room":"7","checkIn":"2027-01-01","nights":1,"amount":1}}"#
            )
            #expect(started.status == 201 && started["serial"] == 1)
            let id = try #require(started["id"]?.stringValue)
            #expect(started.headers.first(name: "location") == "/api/v1/sagas/\(id)")
            #expect(try await house.ask(.GET, "/api/v1/sagas?serial=1")["sagas", "0", "id"] == .string(id))
            let feed = try await house.ask(.GET, "/api/v1/feed", nil, [("Accept", "application/x-ndjson")])
            #expect(feed.headers.first(name: "link")?.hasPrefix("</api/v1/feed?") == true)
            #expect(feed.text.split(separator: "\n").count > 5)
            let unknown = try await house.ask(.GET, "/api/v1/sagas?nonsense=1")
            #expect(unknown.status == 400 && unknown.problem == "bad-request")
            #expect(try await house.ask(.HEAD, "/api/v1/sagas").status == 200)
            let metrics = try await house.ask(.GET, "/metrics").text
            #expect(metrics.contains("yogiyogi_"))
        }
    }

    @Test func `a participant brings its answer without a name, and its token stands in no log`() async throws {
        let lines = Mutex<[String]>([])
        var options = House.Options.known(try Staff(), [:])
        options.logger = Logger(label: "kept") { _ in KeptLog(keep: { line in lines.withLock { $0.append(line) } }) }
        try await House.open(options) { house in
            house.services.stop("payment.charge")
            let placed = try await house.ask(.POST, "/orders", #"{"name":"A","cardNo":"1"}"#)
            let number = try #require(placed["number"]?.intValue)
            let id = try await house.engine.saga(of: "reservation", serial: number)
            var step: Int?
            while step == nil {
                let saga = try await house.engine.look(SagaReference(id)).saga
                step = saga.steps.first { $0.call.operation == "charge" && $0.attempts > 0 }?.number
            }
            let saga = try await house.engine.look(SagaReference(id)).saga
            let key = saga.key(step: step ?? 0, direction: .forward)
            let name = CallName(number: Int(key.split(separator: ".").last ?? "") ?? 0, direction: .forward)
            let token = house.engine.token(of: NamedCall(saga: id, name: name))
            let path = "/callbacks/\(token)"
            #expect(try await house.ask(.GET, path).status == 405)
            #expect(try await house.ask(.POST, path + "A", "{}").problem == "no-call")
            let brought = try await house.ask(
                .POST, path, "paid", [("X-Word", "yes"), ("X-Forwarded-User", "root"), ("Saga-On-Behalf-Of", "root")])
            #expect(brought.status == 200 && brought["answer"] == "settled", "\(brought)")
            #expect(try await house.ask(.POST, path, "paid").status != 404)
            _ = try await house.settled(Int(number), "Reserved")
            let after = try await house.engine.look(SagaReference(id)).saga
            let result = after.steps.first { $0.number == step }?.result?.value
            #expect(result?.mapValue?["body"] == "paid")
            let headers = result?.mapValue?["headers"]?.stringValue ?? ""
            #expect(
                headers.contains("x-word") && !headers.contains("forwarded-user")
                    && !headers.contains("saga-on-behalf-of"))
            house.services.start("payment.charge")
            #expect(lines.withLock { $0 }.contains { $0.contains("/callbacks/…") })
            #expect(!lines.withLock { $0 }.contains { $0.contains(token) })
        }
    }

    @Test func `a history is followed through the gateway to its end`() async throws {
        try await House.open { house in
            house.services.stop("payment.charge")
            let placed = try await house.ask(.POST, "/orders", #"{"name":"A","cardNo":"1"}"#)
            let number = Int(try #require(placed["number"]?.intValue))
            async let followed = house.ask(.GET, "/api/v1/sagas/reservation:\(number)/history?follow")
            house.services.start("payment.charge")
            _ = try await house.settled(number, "Reserved")
            _ = try await house.ask(.POST, "/confirmations", #"{"orderid":\#(number),"status":"Confirmed"}"#)
            let text = try await followed.text
            #expect(text.contains(#""type":"ended""#))
        }
    }

    @Test func `without the daemon each request is 503 in words, and health says why`() async throws {
        try await House.open { house in
            await house.control.triggerGracefulShutdown()
            var health = try await house.ask(.GET, "/actuator/health")
            while health.status == 200 { health = try await house.ask(.GET, "/actuator/health") }
            #expect(health.status == 503 && health["status"] == "DOWN")
            for (method, path, body) in [
                (.GET, "/orders", nil), (.POST, "/orders", #"{"name":"A","cardNo":"1"}"#), (.GET, "/api/v1/sagas", nil),
            ] as [(HTTPMethod, String, String?)] {
                let answer = try await house.ask(method, path, body)
                #expect(answer.status == 503 && answer.headers.first(name: "retry-after") == "1", "\(answer)")
                #expect(["daemon-away", "no-answer", "stopping"].contains(answer.problem ?? ""))
            }
        }
    }

    @Test
    func `lists come from the services themselves, and what they do not tell is 502 with the reason`() async throws {
        try await House.open { house in
            let reservations = try await house.ask(.GET, "/reservations?size=5")
            #expect(reservations["_embedded", "reservations", "0", "reservationId"] == "res-1")
            #expect(reservations["page", "size"] == 5)
            let payments = try await house.ask(.GET, "/paymentHistories")
            #expect(payments.status == 502 && payments["participant"] == "payment")
            let cancellations = try await house.ask(.GET, "/cancellations")
            #expect(cancellations.status == 502 && cancellations["detail"]?.stringValue?.contains("404") == true)
        }
    }

    @Test func `what is asked wrongly is told with what is right`() async throws {
        try await House.open { house in
            let statuses: [(HTTPMethod, String, String?, [(String, String)], Int)] = [
                (.GET, "/nonsense", nil, [], 404), (.PUT, "/orders/1", "{}", [], 405),
                (.GET, "/orders/x", nil, [], 400),
                (.GET, "/orders/9", nil, [], 404), (.GET, "/orders?size=0", nil, [], 400),
                (.GET, "/orders?nonsense=1", nil, [], 400), (.POST, "/orders", "{", [], 400),
                (.POST, "/orders", "[]", [], 400), (.POST, "/orders", "{}", [], 422),
                (.POST, "/orders", "x", [("Content-Type", "text/plain")], 415),
                (.POST, "/orders", #"{"name":"A","cardNo":"1","nonsense":1}"#, [], 422),
                (.POST, "/orders", #"{"name":"A","cardNo":"1","nights":0}"#, [], 422),
                (.POST, "/orders", #"{"name":"A","cardNo":"1"}"#, [("Idempotency-Key", "a b")], 400),
                (.POST, "/orders", #"{"name":"\#(String(repeating: "a", count: 70_000))"}"#, [], 413),
                (.POST, "/confirmations", #"{"orderid":"x","status":"Confirmed"}"#, [], 422),
                (.POST, "/confirmations", #"{"orderid":1,"status":"Maybe"}"#, [], 422),
                (.POST, "/confirmations", #"{"orderid":9,"status":"Confirmed"}"#, [], 404),
            ]
            for (method, path, body, headers, status) in statuses {
                let answer = try await house.ask(method, path, body, headers)
                #expect(answer.status == status, "\(method) \(path) \(body?.prefix(60) ?? ""): \(answer.text)")
                #expect(answer.headers.first(name: "content-type") == "application/problem+json")
                #expect(answer["detail"]?.stringValue?.isEmpty == false)
            }
            let wrong = try await house.ask(.PUT, "/orders/1", "{}")
            #expect(wrong.headers.first(name: "allow") == "DELETE, GET, HEAD, PATCH")
        }
    }

    @Test func `a list goes on where its page ended`() async throws {
        try await House.open { house in
            for _ in 1...3 { _ = try await house.order() }
            let first = try await house.ask(.GET, "/orders?size=2")
            #expect(first["_embedded", "orders", "0", "number"] == 3 && first["page", "count"] == 2)
            let next = try #require(first["_links", "next", "href"]?.stringValue)
            let second = try await house.ask(.GET, next)
            #expect(second["_embedded", "orders", "0", "number"] == 1 && second["_links", "next"] == nil)
        }
    }
}
