import NIOCore
import Testing

@testable import Listener

/// What connections share, without a connection.
@Suite(.timeLimit(.minutes(30))) struct SeatsTests {
    private let now = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    @Test func `at a user's share its oldest idle connection goes, and nobody else's`() {
        var seats = Seats(max: 8)
        for id in 1...4 { #expect(seats.open(UInt64(id), of: 7) == .seated(closing: [])) }
        seats.began(1)
        seats.ended(2)
        #expect(seats.open(5, of: 7) == .seated(closing: [3]))
        #expect(seats.open(6, of: 8) == .seated(closing: []))
        #expect(seats.open(7, of: 8) == .seated(closing: []))
        #expect(seats.open(8, of: 8) == .seated(closing: [6]))
        #expect(seats.open(9, of: 9) == .seated(closing: []))
        #expect(seats.count == 7)
    }

    @Test func `who is answered stays, and a new one is told so; an operator finds a place`() {
        var seats = Seats(max: 4)
        for id in 1...2 {
            _ = seats.open(UInt64(id), of: 7)
            seats.began(UInt64(id))
        }
        #expect(seats.open(3, of: 7) == .refused(max: 2))
        #expect(seats.open(3, of: 7, isOperator: true) == .seated(closing: []))
        seats.ended(1)
        #expect(seats.open(4, of: 7) == .seated(closing: [3]))
        #expect(seats.open(5, of: 7) == .seated(closing: [1]))
    }

    @Test func `a full house makes room for a user who has nothing`() {
        var seats = Seats(max: 2)
        _ = seats.open(1, of: 7)
        _ = seats.open(2, of: 8)
        #expect(seats.open(3, of: 9) != .refused(max: 0))
        #expect(seats.count == 2)
    }

    @Test func `a crowd that comes and goes leaves nothing behind`() {
        var seats = Seats(max: 100)
        for id in 1...10_000 as ClosedRange<UInt64> {
            _ = seats.open(id, of: UInt32(id % 7))
            seats.began(id)
            seats.ended(id)
            if id > 50 { seats.close(id - 50) }
        }
        for id in 9_900...10_000 as ClosedRange<UInt64> { seats.close(id) }
        #expect(seats.count == 0)
    }

    @Test func `a body has all its room before it is read on, else it waits in its user's order`() {
        var room = BodyRoom(max: 1_000)
        #expect(room.ask(1, for: 400, of: 7, at: now) == true)
        #expect(room.ask(2, for: 200, of: 7, at: now) == false)
        #expect(room.ask(3, for: 10, of: 7, at: now) == false)
        #expect(room.ask(4, for: 300, of: 8, at: now) == true)
        #expect(room.used == 700 && room.waitingCount == 2)
        #expect(room.release(1, at: now) == [2, 3])
        #expect(room.ask(2, for: 200, of: 7, at: now) == true)
        #expect(room.used == 510 && room.waitingCount == 0)
    }

    @Test func `who stands still while others of its user wait gives its room up`() {
        var room = BodyRoom(max: 1_000)
        #expect(room.ask(1, for: 500, of: 7, at: now) == true)
        #expect(room.ask(2, for: 100, of: 8, at: now) == true)
        #expect(room.stalled(at: now + .seconds(9)) == [])
        #expect(room.ask(3, for: 500, of: 7, at: now + .seconds(9)) == false)
        room.progressed(1, at: now + .seconds(8))
        #expect(room.stalled(at: now + .seconds(10)) == [])
        #expect(room.stalled(at: now + .seconds(13)) == [1])
        #expect(room.release(1, at: now + .seconds(13)) == [3])
    }

    @Test func `a length beyond all room, or none, reserves half, and one whose client left waits no more`() {
        var room = BodyRoom(max: 4 << 20)
        #expect(room.ask(1, for: .max, of: 7, at: now) == true)
        #expect(room.used == 2 << 20)
        #expect(room.ask(2, for: nil, of: 7, at: now) == false)
        #expect(room.ask(3, for: nil, of: 7, at: now) == false)
        #expect(room.release(2, at: now) == [])
        #expect(room.release(1, at: now) == [3])
        #expect(room.used == 1 << 20)
    }

    @Test func `of too many answers those go that were not read for the longest`() {
        var room = AnswerRoom(max: 2_000)
        for id in 1...4 as ClosedRange<UInt64> { #expect(room.holds(id, 250, of: 7) == []) }
        #expect(room.holds(1, 200, of: 7) == [])
        #expect(room.holds(9, 300, of: 8) == [])
        #expect(room.holds(5, 250, of: 7) == [2, 3])
        room.release(9)
        #expect(room.used == 200 + 250 + 250)
        // Alone, one of any size is let be.
        #expect(room.holds(10, 5_000, of: 9) == [])
    }
}
