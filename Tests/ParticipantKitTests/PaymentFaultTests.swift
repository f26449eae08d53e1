import CEL
import Foundation
import Synchronization
import TestPrograms
import Testing

/// Cards that misbehave, requests that cannot be taken, and a process that is killed.
@Suite struct PaymentFaultTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    func run<Result>(
        _ arguments: [String] = [], isolation: isolated (any Actor)? = #isolation,
        _ body: (ServiceProcess) async throws -> Result
    ) async throws -> Result {
        try await ServiceProcess.run("yogi-payment", in: folder, arguments, body)
    }

    @Test func `card 4000000000000002 is declined, always with the same answer`() async throws {
        try await run { service async throws in
            for _ in 0..<2 {
                let reply = try await service.post("/charge", key: "k1", PaymentTests.charge(card: "4000000000000002"))
                #expect(reply.status == 402)
                #expect(
                    reply.text
                        == #"{"type":"urn:yogi-payment:problem:card-declined","title":"The card was declined","status":402,"#
                        + #""detail":"the card ************0002 was declined; nothing was charged","code":"card-declined"}"#
                )
            }
            let ledger = try await service.get("/ledger").json
            #expect(ledger["rows"]?.listValue?.map { $0["kind"] } == ["declined"])
            #expect(ledger["balance"] == 0)
        }
    }

    @Test func `card 4000000000000119 fails twice for each key and then charges`() async throws {
        try await run { service async throws in
            for key in ["k1", "k2"] {
                var statuses: [Int] = []
                for _ in 0..<4 {
                    let body = PaymentTests.charge(card: "4000000000000119")
                    statuses.append(try await service.post("/charge", key: key, body).status)
                }
                #expect(statuses == [503, 503, 200, 200])
            }
            #expect(try await service.get("/ledger").json["charged"] == 200)
        }
    }

    @Test func `card 4000000000009995 charges, answers after the caller's deadline, and a repetition at once`()
        async throws
    {
        try await run { service async throws in
            let deadline = Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000) + 400)
            let body = PaymentTests.charge(card: "4000000000009995")
            let first = try await service.post("/charge", key: "k1", deadline: deadline.rfc3339, body)
            let answered = Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
            #expect(first.status == 200)
            #expect(answered > deadline)
            // A deadline an hour away: were the repetition held back too, the request would time out.
            let far = Timestamp(seconds: deadline.seconds + 3600).rfc3339
            let again = try await service.post("/charge", key: "k1", deadline: far, body)
            #expect(again == first)
            #expect(try await service.get("/ledger").json["charged"] == 100)
        }
    }

    @Test func `what is held back is answered when the service stops`() async throws {
        try await run { service async throws in
            let far = Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000) + 50_000).rfc3339
            async let held = service.post(
                "/charge", key: "k1", deadline: far, PaymentTests.charge(card: "4000000000009995"))
            // Durable before it is answered: another reader sees the row while the caller waits.
            while try await service.get("/ledger").json["charged"] == 0 { await Task.yield() }
            #expect(await service.terminate() == 0)
            #expect(try await held.status == 200)
        }
    }

    @Test(arguments: [
        (#"[]"#, #"the body is no object: send {\"orderId\", \"cardNo\", \"amount\"}"#),
        (#"{"cardNo":"4111111111111111","amount":1}"#, "'orderId' is required: a text of 1 to 200 bytes"),
        (
            #"{"orderId":"o","cardNo":"4111 1111 1111","amount":1}"#,
            "'cardNo' is required: a text of 3 to 19 digits without spaces"
        ),
        (
            #"{"orderId":"o","cardNo":"41","amount":1}"#,
            "'cardNo' is required: a text of 3 to 19 digits without spaces"
        ),
        (
            #"{"orderId":"o","cardNo":"4111111111111111","amount":-1}"#,
            "'amount' is required: a whole number of minor units, 0 to 1000000000000"
        ),
        (
            #"{"orderId":"o","cardNo":"4111111111111111","amount":1.5}"#,
            "'amount' is required: a whole number of minor units, 0 to 1000000000000"
        ),
    ])
    func `a request that can never be taken is refused and says which member`(body: String, detail: String) async throws
    {
        try await run { service async throws in
            let reply = try await service.post("/charge", key: "k1", body)
            #expect(reply.status == 422)
            #expect(reply.code == "invalid")
            #expect(reply.text.contains(#""detail":"\#(detail)""#))
            #expect(try await service.get("/ledger").json["rows"]?.listValue?.isEmpty == true)
        }
    }

    @Test func `what is not HTTP as it should be gets a problem that says what to do`() async throws {
        try await run { service async throws in
            let missing = try await service.post("/charge", key: nil, PaymentTests.charge())
            #expect(missing.status == 400)
            #expect(missing.code == "missing-idempotency-key")
            let compensates = try await service.post("/refund", key: "r1", "{}")
            #expect(compensates.status == 400)
            #expect(compensates.code == "missing-saga-compensates")
            let long = try await service.post("/charge", key: String(repeating: "k", count: 201), PaymentTests.charge())
            #expect(long.code == "bad-header")
            let deadline = try await service.post("/charge", key: "k1", deadline: "soon", PaymentTests.charge())
            #expect(deadline.code == "bad-header")
            let malformed = try await service.post("/charge", key: "k1", #"{"orderId": nope}"#)
            #expect(malformed.status == 400)
            #expect(malformed.code == "malformed-json")
            #expect(malformed.json["offset"] == 12)
            let route = try await service.get("/nowhere")
            #expect(route.status == 404)
            #expect(
                route.text
                    == #"{"type":"urn:yogi-payment:problem:no-such-route","title":"There is nothing here","status":404,"#
                    + #""detail":"yogi-payment has no route GET /nowhere","code":"no-such-route"}"#)
            #expect(try await service.get("/health").text == #"{"status":"ok"}"#)
        }
    }

    @Test func `a body of 1 MiB is read, one byte more is too large`() async throws {
        try await run { service async throws in
            let start = #"{"orderId":"o","cardNo":"4111111111111111","amount":1,"note":""#
            let filling = String(repeating: "x", count: (1 << 20) - start.utf8.count - 2)
            #expect(try await service.post("/charge", key: "k1", start + filling + "\"}").status == 200)
            let reply = try await service.post("/charge", key: "k2", start + filling + "x\"}")
            #expect(reply.status == 413)
            #expect(reply.code == "too-large")
        }
    }

    @Test func `with --fail-rate 1 every request fails, half of them after they were done, and the key tells later`()
        async throws
    {
        let done = try await run(["--fail-rate", "1", "--seed", "7"]) { service async throws in
            for number in 0..<40 {
                #expect(try await service.post("/charge", key: "k\(number)", PaymentTests.charge(1)).status == 503)
            }
            return try await service.get("/ledger").json["charged"]?.intValue ?? 0
        }
        #expect((10...30).contains(done))
        try await run { service async throws in
            for number in 0..<40 {
                #expect(try await service.post("/charge", key: "k\(number)", PaymentTests.charge(1)).status == 200)
            }
            #expect(try await service.get("/ledger").json["charged"] == 40)
        }
    }

    @Test func `what was answered survives kill -9 in the middle of the load`() async throws {
        for round in 0..<5 {
            let answered = Answered()
            try await run { service async throws in
                await withTaskGroup { group in
                    for caller in 0..<16 {
                        group.addTask { [service] in
                            for number in 0..<1000 {
                                let key = "\(round)-\(caller)-\(number)"
                                guard let reply = try? await service.post("/charge", key: key, PaymentTests.charge(1)),
                                    reply.status == 200
                                else { return }
                                let count = answered.add(key, reply.text)
                                if count == 100 + round * 37 { await service.kill() }
                            }
                        }
                    }
                }
            }
            let kept = answered.all
            #expect(kept.count >= 100)
            try await run { service async throws in
                for (key, text) in kept {
                    #expect(try await service.post("/charge", key: key, PaymentTests.charge(1)).text == text)
                }
                let ledger = try await service.get("/ledger?limit=100000").json
                let rows = ledger["rows"]?.listValue ?? []
                #expect(Set(rows.compactMap { $0["key"]?.stringValue }).count == rows.count)
                #expect(ledger["charged"] == .int(Int64(rows.count)))
            }
        }
    }
}

/// What callers were told, by key.
private final class Answered: Sendable {
    private let texts = Mutex<[String: String]>([:])

    var all: [String: String] { texts.withLock { $0 } }

    /// Adds one and says how many there are.
    func add(_ key: String, _ text: String) -> Int {
        texts.withLock { texts in
            texts[key] = text
            return texts.count
        }
    }
}
