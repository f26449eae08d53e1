import CEL
import ControlAPI
import ControlClient
import Foundation
import Synchronization
import TestPrograms
import Testing

/// Sagas over the APIs of others as they are, by the example configurations that are shipped.
@Suite(.timeLimit(.minutes(30))) struct ForeignAPITests {
    // MARK: A card processor

    private static let shop = """
        workflow: foreign
        version: "1"
        summary: Charges a card, and gives the money back when it is cancelled.
        input:
          type: object
          required: [card, lose]
          properties: { card: { type: string }, lose: { type: string } }
        initial: Paying
        states:
          Paying:
            call: card.charge
            with: { amount: 1200, currency: eur, payment_method: "${ input.card }", confirm: true, metadata: { order: "${ saga.id }", lose: "${ input.lose }" } }
            retry: { interval: 10ms, backoff: 1, max: 10ms, jitter: false }
            set: { payment: "${ result.id }" }
            compensate:
              call: card.refund
              with: { payment_intent: "${ result.id }", metadata: { lose: "${ input.lose }" } }
              retry: { interval: 10ms, backoff: 1, max: 10ms, jitter: false }
            then: Waiting
            refused: [{ code: card_declined, to: Declined }, { to: Cancelled }]
          Waiting: { signals: { ship: Done }, after: { 72h: Cancelled } }
          Declined: { end: cancelled }
          Cancelled: { end: cancelled }
          Done: { end: succeeded }
        cancel: Cancelled

        """

    private func withCards(_ body: (ForeignHouse, CardProcessor) async throws -> Void) async throws {
        let cards = CardProcessor()
        let server = try StandIn { cards.answer($0) }
        defer { server.stop() }
        let house = try await ForeignHouse(
            example: "card-processor.yaml", credentials: ["card-key": "sk_test_51"], at: server.port,
            workflow: Self.shop)
        try await body(house, cards)
        #expect(cards.faults.isEmpty)
        #expect(!house.daemon.log.contains("sk_test_51"))
    }

    private func pay(_ house: ForeignHouse, _ card: String, lose: Bool = false) async throws -> SagaResource {
        try await house.saga([("card", .string(card)), ("lose", .string(lose ? "yes" : "no"))], until: "settled")
    }

    @Test func `a card is charged once and refunded once, whatever is lost and in use`() async throws {
        try await withCards { house, cards in
            let plain = try await pay(house, "pm_visa")
            #expect(plain.state == "Waiting")
            #expect(cards.charged[plain.id] == ["pi_1"])
            #expect(cards.statuses == [200])

            // The money moved and the answer was lost; the key is in use, and then the first answer comes.
            let lost = try await pay(house, "pm_visa", lose: true)
            #expect(lost.state == "Waiting")
            #expect(lost.vars["payment"] == .string("pi_2"))
            #expect(cards.charged[lost.id] == ["pi_2"])
            #expect(cards.statuses == [200, 0, 409, 200])

            try await house.withClient { client in
                _ = try await client.signal(plain.id, "ship", wait: Wait("ended", milliseconds: HangLimit.milliseconds))
                let shipped = try await client.show(plain.id)
                #expect(shipped.status == "succeeded")
                _ = try await client.cancel(lost.id, wait: Wait("ended", milliseconds: HangLimit.milliseconds))
                let cancelled = try await client.show(lost.id)
                #expect(cancelled.status == "cancelled")
            }
            #expect(cards.refunded == ["pi_2"])
            #expect(cards.statuses == [200, 0, 409, 200, 0, 409, 200])
        }
    }

    @Test func `a declined card ends the saga, also after its answer was lost, and nothing is charged`() async throws {
        try await withCards { house, cards in
            for lose in [false, true] {
                let declined = try await pay(house, "pm_declined", lose: lose)
                #expect(declined.state == "Declined")
                #expect(declined.status == "cancelled")
            }
            #expect(cards.charged.isEmpty)
            #expect(cards.refunded.isEmpty)
            #expect(cards.statuses == [402, 0, 409, 402])
        }
    }

    @Test func `the mapping is shown and the credential is not`() async throws {
        try await withCards { house, _ in
            let checked = try await house.checked()
            #expect(
                checked.contains(
                    "participant 'card': 'charge' is POST /v1/payment_intents, headers Stripe-Version, body form\n"))
            #expect(
                checked.contains(
                    "participant 'card': 'refund' is POST /v1/refunds, headers Stripe-Version, body form\n"))
            let status = try await house.yogictl("status")
            #expect(status.contains("card.charge"))
            #expect(status.contains("POST /v1/payment_intents, headers Stripe-Version, body form"))
            #expect(!(checked + status).contains("sk_test_51"))
        }
    }

    // MARK: A booking API

    private static let trip = """
        workflow: foreign
        version: "1"
        summary: Finds a room and books it.
        input:
          type: object
          required: [hotel, guest]
          properties: { hotel: { type: string }, guest: { type: string } }
        initial: Finding
        states:
          Finding:
            call: rooms.find
            with: { hotel: "${ input.hotel }", from: 2026-12-01, nights: 2, features: [balcony, "a&b"] }
            set: { room: "${ result.rooms[0].id }" }
            compensate: none
            because: it only reads
            then: Booking
            refused: Cancelled
          Booking:
            call: rooms.book
            with: { hotel: "${ input.hotel }", booking: "${ saga.id }", room: "${ vars.room }", guest: "${ input.guest }" }
            retry: { interval: 10ms, backoff: 1, max: 10ms, jitter: false }
            pending: { timeout: 1h, every: 10ms }
            compensate:
              call: rooms.cancel
              with: { hotel: "${ request.hotel }", booking: "${ request.booking }" }
              retry: { interval: 10ms, backoff: 1, max: 10ms, jitter: false }
            set: { door: "${ result.door }" }
            then: Booked
            refused: [{ code: sold-out, to: Cancelled }, { to: Cancelled }]
          Booked: { signals: { arrive: Done }, after: { 72h: Cancelled } }
          Cancelled: { end: cancelled }
          Done: { end: succeeded }
        cancel: Cancelled

        """

    /// What the booking API holds: its answers count how often each was asked for.
    private struct Bookings {
        var asked: [String: Int] = [:]
        var booked: Set<String> = []
    }

    private static let folder = "/api/hotels/Zum%20L%C3%B6wen%2FB%C3%A4r/"

    private static func rooms(_ request: StandIn.Request, _ bookings: inout Bookings) -> StandIn.Answer {
        guard request.headers["x-api-key"] == "r00ms-k3y" else {
            return .say(401, headers: ["WWW-Authenticate": "ApiKey"])
        }
        guard request.headers["x-request-id"] != nil, request.headers["idempotency-key"] == nil else {
            return .say(400)
        }
        let count = bookings.asked["\(request.method) \(request.target)", default: 0] + 1
        bookings.asked["\(request.method) \(request.target)"] = count
        let find = folder + "rooms?from=2026-12-01&nights=2&feature=balcony&feature=a%26b"
        if request.method == "GET", request.target == find { return .say(200, #"{"rooms":[{"id":7},{"id":8}]}"#) }
        guard request.target.hasPrefix(folder + "bookings/") else { return .say(404, #"{"code":"no-such-thing"}"#) }
        let id = String(request.target.dropFirst(folder.count + 9).prefix(36))
        switch (request.method, request.target.hasSuffix("/state")) {
        case ("PUT", false):
            if request.body.contains("Nobody") { return .say(422, #"{"code":"sold-out"}"#) }
            bookings.booked.insert(id)
            return count == 1 ? .cut : .say(202, #"{"state":"requested"}"#, headers: ["Location": "\(id)/state"])
        case ("GET", true):
            return .say(200, count < 3 ? #"{"state":"requested"}"# : #"{"state":"confirmed","door":"1234"}"#)
        case ("DELETE", false):
            // Its answer is lost, and then the booking is gone.
            let isNew = bookings.booked.remove(id) != nil
            return isNew ? .cut : .say(410, #"{"code":"gone"}"#)
        default: return .say(405)
        }
    }

    @Test func `a room is found, booked by 202 and Location, and given back`() async throws {
        let bookings = Mutex(Bookings())
        let server = try StandIn { request in bookings.withLock { Self.rooms(request, &$0) } }
        defer { server.stop() }
        let house = try await ForeignHouse(
            example: "booking-api.yaml", credentials: ["rooms-key": "r00ms-k3y"], at: server.port, workflow: Self.trip)
        let saga = try await house.saga(
            [("hotel", .string("Zum Löwen/Bär")), ("guest", .string("Ada\r\nX-Evil: 1"))], until: "Booked")
        #expect(saga.state == "Booked")
        #expect(saga.vars["room"] == .int(7))
        #expect(saga.vars["door"] == .string("1234"))
        #expect(bookings.withLock { $0.booked } == [saga.id])
        let put = try #require(server.requests.first { $0.method == "PUT" })
        #expect(put.target == Self.folder + "bookings/\(saga.id)")
        #expect(put.body == #"{"room":7,"guest":{"name":"Ada\r\nX-Evil: 1"},"reference":"\#(saga.id)"}"#)
        #expect(server.requests.allSatisfy { $0.headers["x-evil"] == nil })
        let asked = bookings.withLock { $0.asked }
        #expect(asked["PUT \(put.target)"] == 2)
        #expect(asked["GET \(put.target)/state"] == 3)

        try await house.withClient { client in
            _ = try await client.cancel(saga.id, wait: Wait("ended", milliseconds: HangLimit.milliseconds))
            #expect(try await client.show(saga.id).status == "cancelled")
        }
        #expect(bookings.withLock { $0.booked }.isEmpty)
        let deletes = server.requests.filter { $0.method == "DELETE" }
        #expect(deletes.map(\.target) == [put.target, put.target])
        #expect(deletes.allSatisfy { $0.body.isEmpty && $0.headers["content-length"] == nil })

        let refused = try await house.saga(
            [("hotel", .string("Zum Löwen/Bär")), ("guest", .string("Nobody"))], until: "ended")
        #expect(refused.status == "cancelled")
        #expect(bookings.withLock { $0.booked }.isEmpty)
    }

    // MARK: A mailer

    private static let letter = """
        workflow: foreign
        version: "1"
        summary: Writes a mail.
        input: { type: object, required: [to], properties: { to: { type: string } } }
        initial: Writing
        states:
          Writing:
            call: mail.send
            with: { to: "${ input.to }", subject: "Hello: ${ input.to }", text: "Thank you." }
            retry: { interval: 10ms, backoff: 1, max: 10ms, jitter: false }
            set: { mail: "${ result.id }" }
            compensate: none
            because: a mail cannot be unsent
            then: Done
            refused: Failed
          Failed: { end: cancelled }
          Done: { end: succeeded }

        """

    @Test func `a mail is sent, and what names it is read from a header`() async throws {
        let server = try StandIn { request in
            guard request.headers["authorization"] == "Basic ZGVzazpzM2NyM3Q=" else { return .say(401) }
            guard !request.body.contains("nobody") else {
                return .say(400, #"{"errors":[{"message":"no address"}],"code":"bad-address"}"#)
            }
            return .say(202, headers: ["X-Message-Id": "m-1"])
        }
        defer { server.stop() }
        let house = try await ForeignHouse(
            example: "mailer.yaml", credentials: ["mailer-login": "ZGVzazpzM2NyM3Q="], at: server.port,
            workflow: Self.letter)
        let sent = try await house.saga([("to", .string("ada@example.org"))], until: "ended")
        #expect(sent.status == "succeeded")
        #expect(sent.vars["mail"] == .string("m-1"))
        let request = try #require(server.requests.first)
        #expect(request.target == "/v3/messages")
        #expect(request.headers["x-entity-ref-id"] == request.headers["idempotency-key"])
        #expect(
            request.body
                == #"{"from":{"email":"desk@hotel.example","name":"The desk"},"personalizations":[{"to":[{"email":"ada@example.org"}],"#
                + #""custom_args":{"saga":"\#(sent.id)"}}],"subject":"Hello: ada@example.org","#
                + #""content":[{"type":"text/plain","value":"Thank you."}]}"#)
        let refused = try await house.saga([("to", .string("nobody"))], until: "ended")
        #expect(refused.status == "cancelled")
        #expect(!house.daemon.log.contains("ZGVzazpzM2NyM3Q="))
    }
}
