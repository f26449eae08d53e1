import CEL
import Foundation
import TestPrograms
import Testing

/// yogi-payment as its callers see it.
@Suite struct PaymentTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    static func charge(_ amount: Int = 100, card: String = "4111111111111111", order: String = "o1") -> String {
        #"{"orderId":"\#(order)","cardNo":"\#(card)","amount":\#(amount)}"#
    }

    func run<Result>(
        _ arguments: [String] = [], isolation: isolated (any Actor)? = #isolation,
        _ body: (ServiceProcess) async throws -> Result
    ) async throws -> Result {
        try await ServiceProcess.run("yogi-payment", in: folder, arguments, body)
    }

    @Test func `a charge answers with the payment and the masked card`() async throws {
        try await run { service async throws in
            let reply = try await service.post("/charge", key: "k1", Self.charge())
            #expect(reply.status == 200)
            #expect(reply.type == "application/json")
            #expect(reply.text == #"{"paymentId":"pay-1","amount":100,"cardNo":"************1111"}"#)
        }
    }

    @Test func `the same key charges once, also through the alias path and with members in another order`() async throws
    {
        try await run { service async throws in
            let first = try await service.post("/charge", key: "k1", Self.charge())
            let again = try await service.post("/charge", key: "k1", Self.charge())
            let alias = try await service.post(
                "/paymentHistories", key: "k1", #"{"amount":100,"cardNo":"4111111111111111","orderId":"o1"}"#)
            #expect([again, alias] == [first, first])
            #expect(try await service.get("/ledger").json["charged"] == 100)
        }
    }

    @Test func `50 calls with one key at the same time are one charge and one answer`() async throws {
        try await run { service async throws in
            let replies = try await withThrowingTaskGroup(of: Reply.self) { group in
                for _ in 0..<50 {
                    group.addTask { [service] in try await service.post("/charge", key: "k1", Self.charge()) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(Set(replies.map(\.text)) == [#"{"paymentId":"pay-1","amount":100,"cardNo":"************1111"}"#])
            #expect(try await service.get("/ledger").json["rows"]?.listValue?.count == 1)
        }
    }

    @Test func `a key with another body is refused`() async throws {
        try await run { service async throws in
            _ = try await service.post("/charge", key: "k1", Self.charge(100))
            let reply = try await service.post("/charge", key: "k1", Self.charge(101))
            #expect(reply.status == 422)
            #expect(reply.type == "application/problem+json")
            #expect(
                reply.text
                    == #"{"type":"urn:yogi-payment:problem:key-reuse","title":"The idempotency key belongs to another request","#
                    + #""status":422,"detail":"the key 'k1' was used with another body: repeat with the same body, "#
                    + #"or use another key","code":"key-reuse"}"#)
            #expect(try await service.get("/ledger").json["charged"] == 100)
        }
    }

    @Test func `a refund gives back once what its key charged, however often and under whatever key it comes`()
        async throws
    {
        try await run { service async throws in
            _ = try await service.post("/charge", key: "k1", Self.charge(70))
            let refund = try await service.post("/refund", key: "r1", compensates: "k1", "{}")
            #expect(refund.text == #"{"refundId":"ref-2","refunded":true,"paymentId":"pay-1","amount":70}"#)
            let again = try await service.post("/refund", key: "r1", compensates: "k1", #"{"request":null}"#)
            let other = try await service.post("/refund", key: "r2", compensates: "k1", "")
            #expect([again, other] == [refund, refund])
            let ledger = try await service.get("/ledger").json
            #expect(ledger["rows"]?.listValue?.map { $0["kind"] } == ["charge", "refund"])
            #expect(ledger["balance"] == 0)
            #expect(try await service.get("/paymentHistories").json.listValue?.first?["status"] == "refunded")
        }
    }

    @Test func `rule 15: a refund that comes first leaves a tombstone, and refuses the late charge`() async throws {
        try await run { service async throws in
            let body = #"{"request":{"orderId":"o7","cardNo":"4111111111111111","amount":5},"result":null}"#
            let refund = try await service.post("/refund", key: "r1", compensates: "k1", body)
            #expect(refund.status == 200)
            #expect(refund.text == #"{"refunded":false}"#)
            for _ in 0..<2 {
                let late = try await service.post("/charge", key: "k1", Self.charge(5, order: "o7"))
                #expect(late.status == 409)
                #expect(late.code == "fenced")
            }
            let ledger = try await service.get("/ledger").json
            #expect(ledger["rows"]?.listValue?.map { $0["kind"] } == ["tombstone"])
            #expect(ledger["rows"]?.listValue?.first?["orderId"] == "o7")
            #expect(ledger["charged"] == 0)
        }
    }

    @Test func `a refund of a declined charge gives nothing back and leaves no tombstone`() async throws {
        try await run { service async throws in
            _ = try await service.post("/charge", key: "k1", Self.charge(card: "4000000000000002"))
            #expect(
                try await service.post("/refund", key: "r1", compensates: "k1", "{}").text == #"{"refunded":false}"#)
            let again = try await service.post("/charge", key: "k1", Self.charge(card: "4000000000000002"))
            #expect(again.code == "card-declined")
        }
    }

    @Test func `a compensation cannot undo a compensation, nor borrow a key`() async throws {
        try await run { service async throws in
            _ = try await service.post("/charge", key: "k1", Self.charge())
            _ = try await service.post("/refund", key: "r1", compensates: "k1", "{}")
            #expect(try await service.post("/refund", key: "r2", compensates: "r1", "{}").code == "cannot-undo")
            #expect(try await service.post("/refund", key: "k1", compensates: "k2", "{}").code == "key-reuse")
            #expect(try await service.post("/refund", key: "k3", compensates: "k3", "{}").code == "key-reuse")
            #expect(try await service.post("/charge", key: "r1", Self.charge()).code == "key-reuse")
        }
    }

    @Test func `the ledger pages, and its totals are over all rows`() async throws {
        try await run { service async throws in
            for number in 1...5 {
                _ = try await service.post("/charge", key: "k\(number)", Self.charge(number, order: "o\(number)"))
            }
            _ = try await service.post("/refund", key: "r5", compensates: "k5", "{}")
            let page = try await service.get("/ledger?after=1&limit=2").json
            #expect(page["rows"]?.listValue?.map { $0["seq"] } == [2, 3])
            #expect([page["charged"], page["refunded"], page["balance"]] == [15, 5, 10])
            let payments = try await service.get("/paymentHistories?limit=2")
            #expect(payments.json.listValue?.map { $0["paymentId"] } == ["pay-1", "pay-2"])
            #expect(payments.link == #"</paymentHistories?after=2&limit=2>; rel="next""#)
            #expect(try await service.get("/paymentHistories?after=2&limit=9").link == nil)
            #expect(try await service.get("/ledger?limit=0").code == "bad-parameter")
        }
    }

    @Test func `answers are kept over a restart`() async throws {
        let first = try await run { service async throws in
            _ = try await service.post("/refund", key: "r9", compensates: "k9", "{}")
            return try await service.post("/charge", key: "k1", Self.charge())
        }
        try await run { service async throws in
            let again = try await service.post("/charge", key: "k1", Self.charge())
            #expect(again == first)
            #expect(try await service.post("/charge", key: "k9", Self.charge()).code == "fenced")
        }
    }

    @Test func `no file ever has a whole card number`() async throws {
        try await run { service async throws in
            for (number, card) in ["4111111111111111", "4000000000000002", "4000000000000119"].enumerated() {
                _ = try await service.post("/charge", key: "k\(number)", Self.charge(card: card))
            }
            let body = #"{"request":{"orderId":"o1","cardNo":"5555555555554444","amount":1},"result":null}"#
            _ = try await service.post("/refund", key: "r1", compensates: "k0", body)
            _ = try await service.post("/refund", key: "r2", compensates: "k77", body)
            _ = try await service.post(
                "/charge", key: "bad", #"{"orderId":"o1","cardNo":"411111111111111x","amount":1}"#)
            let files = try folder.bytes()
            for card in [
                "4111111111111111", "4000000000000002", "4000000000000119", "5555555555554444", "411111111111111x",
            ] {
                #expect(files.range(of: Data(card.utf8)) == nil)
            }
            // The search does find what is there.
            #expect(files.range(of: Data("************1111".utf8)) != nil)
        }
    }
}
