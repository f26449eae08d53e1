import CEL
import NIOHTTP1
import TestPrograms
import Testing

@testable import Gateway

/// The command lines of the system that this one replaces, and what was wrong with it: each as a claim that holds here.
struct OldSystemTests {
    private static let line = #"{"name":"BJ.Kang","cardNo":"111","status":"order start"}"#

    @Test func `the old command lines work: order, look, confirm, my page, hotel view`() async throws {
        try await House.open { house in
            let placed = try await house.ask(.POST, "/orders", Self.line)
            #expect(placed.status == 201)
            #expect(placed.headers.first(name: "content-type") == "application/hal+json")
            #expect(placed.headers.first(name: "location") == "/orders/1")
            #expect(placed["_links", "self", "href"] == "/orders/1")
            _ = try await house.settled(1, "Reserved")

            let shown = try await house.ask(.GET, "/orders/1")
            #expect(shown["name"] == "BJ.Kang" && shown["status"] == "Reserved" && shown["room"] == "101")
            #expect(shown["nights"] == 1 && shown["amount"] == 10_000)

            let confirmed = try await house.ask(.POST, "/confirmations", #"{"orderid":"1","status":"Confirmed"}"#)
            #expect(confirmed.status == 200 && confirmed["answer"] == "handled" && confirmed["status"] == "Confirmed")

            let pages = try await house.ask(.GET, "/mypages")
            #expect(pages["_embedded", "mypages", "0", "orderId"] == 1)
            #expect(pages["_embedded", "mypages", "0", "status"] == "Confirmed")
            let views = try await house.ask(.GET, "/hotelViews")
            #expect(views["_embedded", "hotelViews", "0", "name"] == "BJ.Kang")
            #expect(views["_embedded", "hotelViews", "0", "_links", "order", "href"] == "/orders/1")
        }
    }

    @Test func `the same line again and again is another order on another day`() async throws {
        try await House.open { house in
            var days: Set<String> = []
            for number in 1...5 {
                let placed = try await house.ask(.POST, "/orders", Self.line)
                #expect(placed.status == 201 && placed.headers.first(name: "location") == "/orders/\(number)")
                days.insert(placed["checkIn"]?.stringValue ?? "")
            }
            #expect(days.count == 5)
        }
    }

    @Test func `a form is as good as JSON`() async throws {
        try await House.open { house in
            let placed = try await house.ask(
                .POST, "/orders", "name=B+J%20Kang&cardNo=111&room=7&nights=2",
                [("Content-Type", "application/x-www-form-urlencoded")])
            #expect(placed.status == 201)
            #expect(placed["name"] == "B J Kang" && placed["room"] == "7" && placed["amount"] == 20_000)
        }
    }

    @Test func `payment is down: the order is accepted and waits, and goes on when it is back`() async throws {
        try await House.open { house in
            house.services.stop("payment.charge")
            let placed = try await house.ask(.POST, "/orders", Self.line)
            #expect(placed.status == 201)
            #expect(try await house.settled(1, "Paying")["state"] == "Paying")
            #expect(try await house.ask(.GET, "/orders/1")["status"] == "Paying")
            house.services.start("payment.charge")
            #expect(try await house.settled(1, "Reserved")["state"] == "Reserved")
        }
    }

    @Test func `an order that cannot be is refused whole and announced to nobody`() async throws {
        try await House.open { house in
            let refused = try await house.ask(
                .POST, "/orders", #"{"name":"Ann","cardNo":"4111111111111111","checkIn":"2027-02-30","nights":2}"#)
            #expect(refused.status == 422 && refused.problem == "invalid-input")
            #expect(refused["faults", "0", "pointer"] == "/checkIn")
            #expect(house.services.calls == [])
            #expect(try await house.ask(.GET, "/mypages")["page", "count"] == 0)
            #expect(try await house.ask(.GET, "/orders")["page", "count"] == 0)
            // A number that was not given is given to the next.
            #expect(try await house.order() == 1)
        }
    }

    @Test func `a cancel gives the money back and the room, and says so when it is done`() async throws {
        try await House.open { house in
            let number = try await house.order()
            let cancelled = try await house.ask(.DELETE, "/orders/\(number)")
            #expect(cancelled.status == 200 && cancelled["status"] == "Cancelled" && cancelled["answer"] == "accepted")
            #expect(house.services.calls.suffix(2) == ["payment.refund", "reservation.release"])
        }
    }

    @Test func `nobody is told that it is cancelled before the money is back`() async throws {
        try await House.open { house in
            let number = try await house.order()
            house.services.stop("payment.refund")
            let asked = try await house.ask(.PATCH, "/orders/\(number)", #"{"status":"order cancel"}"#)
            #expect(asked.status == 202 && asked["status"] == "compensating")
            #expect(try await house.ask(.GET, "/mypages")["_embedded", "mypages", "0", "status"] == "compensating")
            house.services.start("payment.refund")
            #expect(try await house.settled(number, "ended")["state"] == "Cancelled")
            #expect(try await house.ask(.GET, "/mypages")["_embedded", "mypages", "0", "status"] == "Cancelled")
        }
    }

    @Test func `a confirmation after the cancel is refused, and so is a cancel after the confirmation`() async throws {
        try await House.open { house in
            let cancelled = try await house.order()
            #expect(try await house.ask(.DELETE, "/orders/\(cancelled)").status < 300)
            _ = try await house.settled(cancelled, "ended")
            let late = try await house.ask(
                .POST, "/confirmations", #"{"orderid":\#(cancelled),"status":"Confirmed"}"#)
            #expect(late.status == 409 && late.problem == "signal-refused")
            #expect(try await house.ask(.GET, "/orders/\(cancelled)")["status"] == "Cancelled")
            // Nothing was held after it was released.
            #expect(house.services.calls.last == "reservation.release")

            let confirmed = try await house.order()
            _ = try await house.ask(.POST, "/confirmations", #"{"orderid":\#(confirmed),"status":"Confirmed"}"#)
            let tooLate = try await house.ask(.DELETE, "/orders/\(confirmed)")
            #expect(tooLate.status == 409 && tooLate.problem == "too-late")
            #expect(try await house.ask(.GET, "/orders/\(confirmed)")["status"] == "Confirmed")
        }
    }

    @Test func `the hotel's no undoes the order`() async throws {
        try await House.open { house in
            let number = try await house.order()
            let rejected = try await house.ask(
                .POST, "/confirmations", #"{"orderid":\#(number),"status":"Confirmation Cancel"}"#)
            #expect(rejected.status == 200 && rejected["status"] == "Cancelled")
            #expect(house.services.calls.suffix(2) == ["payment.refund", "reservation.release"])
        }
    }

    @Test(arguments: [#"{"status":"order start"}"#, #"{"status":"Confirmed"}"#, "{}", #"{"name":"Bob"}"#])
    func `a PATCH that cancels nothing cancels nothing, and says so`(body: String) async throws {
        try await House.open { house in
            let number = try await house.order()
            _ = try await house.settled(number, "settled")
            let before = try await house.ask(.GET, "/orders/\(number)").text
            let answer = try await house.ask(.PATCH, "/orders/\(number)", body)
            #expect(answer.status == 422 && answer["detail"]?.stringValue?.contains("nothing was changed") == true)
            #expect(try await house.ask(.GET, "/orders/\(number)").text == before)
        }
    }

    @Test func `what is sent twice is done once`() async throws {
        try await House.open { house in
            let key = [("Idempotency-Key", "k-1")]
            let first = try await house.ask(.POST, "/orders", Self.line, key)
            let second = try await house.ask(.POST, "/orders", Self.line, key)
            #expect(first.status == 201 && second.status == 200)
            #expect(second["number"] == first["number"] && second["checkIn"] == first["checkIn"])
            let other = try await house.ask(.POST, "/orders", #"{"name":"Eve","cardNo":"111"}"#, key)
            #expect(other.status == 409 && other.problem == "key-conflict")
            _ = try await house.settled(1, "Reserved")
            for _ in 1...2 {
                let confirmed = try await house.ask(
                    .POST, "/confirmations", #"{"orderid":1,"status":"Confirmed"}"#, [("Idempotency-Key", "c-1")])
                #expect(confirmed.status == 200 && confirmed["answer"] == "handled")
            }
            // Also when all is over.
            #expect(try await house.ask(.POST, "/orders", Self.line, key)["number"] == 1)
            #expect(try await house.ask(.GET, "/orders")["page", "count"] == 1)
            #expect(house.services.calls.count { $0 == "payment.charge" } == 1)
        }
    }

    @Test func `a view misses no update: each write is seen by the next who asks`() async throws {
        try await House.open { house in
            for _ in 1...20 {
                let number = try await house.order()
                let orders = try await house.ask(.GET, "/orders")
                #expect(orders["_embedded", "orders", "0", "number"] == .int(Int64(number)))
                _ = try await house.ask(.POST, "/confirmations", #"{"orderid":\#(number),"status":"Confirmed"}"#)
                let page = try await house.ask(.GET, "/mypages")
                #expect(page["_embedded", "mypages", "0", "orderId"] == .int(Int64(number)))
                #expect(page["_embedded", "mypages", "0", "status"] == "Confirmed")
            }
        }
    }

    @Test func `no card number is in any answer`() async throws {
        let card = "4929123456781234"
        try await House.open { house in
            let placed = try await house.ask(.POST, "/orders", #"{"name":"Ann","cardNo":"\#(card)"}"#)
            #expect(placed.status == 201 && placed["cardNo"] == "***")
            _ = try await house.settled(1, "Reserved")
            for path in [
                "/orders", "/orders/1", "/mypages", "/hotelViews", "/api/v1/sagas/reservation:1",
                "/api/v1/sagas/reservation:1/history", "/api/v1/sagas", "/api/v1/feed", "/metrics",
            ] {
                let answer = try await house.ask(.GET, path)
                #expect(answer.status == 200 && !answer.text.contains(card), "\(path)")
            }
            let refused = try await house.ask(
                .POST, "/orders", #"{"name":"","cardNo":"\#(card)\#(card)\#(card)","checkIn":"\#(card)"}"#)
            #expect(refused.status == 422 && !refused.text.contains(card))
        }
    }
}
