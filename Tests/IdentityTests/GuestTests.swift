import ControlAPI
import Testing

@testable import Identity

struct GuestTests {
    private let order = GuestCodes.Order(workflow: "reservation", saga: "01931f2e-0000-7000-8000-000000000001")

    @Test func `an order's code is its own alone`() throws {
        let codes = try Fixture.door().door.codes
        let code = codes.code(of: order)
        #expect(code.utf8.count == 22 && codes.proves(code, order))
        for place in 0..<22 {
            for letter in "AQgw_".utf8 where Array(code.utf8)[place] != letter {
                var bytes = Array(code.utf8)
                bytes[place] = letter
                #expect(!codes.proves(String(decoding: bytes, as: UTF8.self), order))
            }
        }
        for wrong in [
            "", String(code.dropLast()), code + "A", code + "=", code.uppercased() + code,
            String(repeating: "A", count: 22),
        ] {
            #expect(!codes.proves(wrong, order))
        }
        // The parts are kept apart: no end of one is the beginning of the other.
        #expect(!codes.proves(code, GuestCodes.Order(workflow: "reservation0", saga: String(order.saga.dropFirst()))))
        #expect(!codes.proves(code, GuestCodes.Order(workflow: "reservatio", saga: "n" + order.saga)))
        #expect(!codes.proves(code, GuestCodes.Order(workflow: "other", saga: order.saga)))
    }

    /// Made by Python's `hmac`, over `order` and the two parts, each behind its length in 8 bytes: a change would break every link that was sent.
    @Test func `a code stays what it was`() throws {
        #expect(try Fixture.door().door.codes.code(of: order) == "h4bsryW0RD59w3dgeNjjzw")
    }

    @Test func `a number that no order has is refused as a wrong code is`() throws {
        let codes = try Fixture.door().door.codes
        #expect(!codes.proves(codes.code(of: order), nil))
        #expect(
            !codes.proves(
                codes.code(of: GuestCodes.Order(workflow: "none", saga: "00000000-0000-7000-8000-000000000000")), nil))
    }

    @Test func `links outlive one change of the key`() throws {
        let old = GuestCodes(keys: SigningKeys(current: try Fixture.key(1)))
        let code = old.code(of: order)
        let next = GuestCodes(keys: SigningKeys(current: try Fixture.key(2), previous: [try Fixture.key(1)]))
        #expect(next.proves(code, order) && next.code(of: order) != code && next.proves(next.code(of: order), order))
        #expect(!GuestCodes(keys: SigningKeys(current: try Fixture.key(2))).proves(code, order))
    }

    @Test func `the fullest cookie of orders is one that browsers keep`() throws {
        let codes = try Fixture.door().door.codes
        let code = codes.code(of: order)
        let last = Int64(1) << 53
        let held = (0..<Int64(GuestCodes.ordersMax)).map { HeldOrder(number: last - $0, code: code) }
        let text = codes.cookie(adding: held[0], to: held, now: Fixture.now)
        #expect(text.utf8.count + "__Host-yogi-orders=".utf8.count <= 4_096)
        #expect(codes.orders(of: text, now: Fixture.now) == held)
    }

    @Test func `a browser remembers orders, newest first, and fifty at most`() throws {
        let door = try Fixture.door().door
        var facts = Fixture.facts()
        for number in Int64(1)...60 {
            let line = try door.admit(facts).remember(order: number, code: "c\(number)", now: Fixture.now)
            #expect(line.hasPrefix("__Host-yogi-orders=") && line.contains("HttpOnly"))
            facts = Fixture.facts("GET", "/", [Fixture.sent(line)])
        }
        let caller = try door.admit(facts).caller()
        #expect(caller.orders == Array((11...60).reversed()) && caller.isGuest)
        #expect(
            caller.front() == "guest:60" && caller.front(for: 17) == "guest:17" && caller.front(for: 1) == "guest:60")
        let again = Fixture.sent(try door.admit(facts).remember(order: 20, code: "again", now: Fixture.now))
        let entry = try door.admit(Fixture.facts("GET", "/", [again]))
        #expect(try entry.caller().orders.prefix(2) == [20, 60])
        #expect(entry.code(of: 20) == "again" && entry.code(of: 60) == "c60" && entry.code(of: 1) == nil)
        #expect(try door.admit(facts, at: Fixture.now + GuestCodes.lifetime).caller() == .nobody)
    }

    @Test func `a cookie of orders that was changed at any byte holds none`() throws {
        let door = try Fixture.door().door
        let value = Fixture.sent(try door.admit(Fixture.facts()).remember(order: 17, code: "c17", now: Fixture.now)).1
        let bytes = Array(value.utf8)
        for place in "__Host-yogi-orders=".utf8.count..<bytes.count {
            for letter in "AzB_.".utf8 where letter != bytes[place] {
                var other = bytes
                other[place] = letter
                let facts = Fixture.facts("GET", "/", [("Cookie", String(decoding: other, as: UTF8.self))])
                #expect(try door.admit(facts).caller() == .nobody, "byte \(place)")
            }
        }
    }

    @Test func `a user may hold orders too, and speaks as a user`() throws {
        let (door, token) = try Fixture.door()
        let sent = Fixture.sent(try door.admit(Fixture.facts()).remember(order: 17, code: "c17", now: Fixture.now))
        let caller = try door.admit(Fixture.facts("GET", "/", [sent, ("Authorization", "Bearer \(token)")])).caller()
        #expect(caller.front(for: 17) == "user:ada" && caller.orders == [17] && !caller.isGuest)
    }
}
