import Basics
import NIOCore

/// Who has how many connections open, and which of them does nothing the longest.
///
/// As dbus-broker accounts: a user has at most half of what the others leave, so that one who floods leaves room for the next. At its share a
/// user's oldest idle connection goes for a new one; a request that is being answered is not idle. Operators find a few places more.
///
///     idle --began--> busy --ended--> idle      each end makes it the youngest of the idle ones
struct Seats {
    typealias ID = UInt64

    enum Verdict: Equatable {
        /// It may stay, and those are to be closed for it.
        case seated(closing: [ID])
        /// All that the user may have are being answered.
        case refused(max: Int)
    }

    /// Places that only operators find, beside their share.
    static let reserve = 16

    private struct Seat {
        var user: UInt32?
        /// When it became idle; `nil` while a request is being answered.
        var idleSince: UInt64?
    }

    private var shares: Shares<UInt32?>
    private var seats: [ID: Seat] = [:]
    /// Of each user, oldest first; those that are gone or have become busy since are passed over.
    private var idle: [UInt32?: CircularBuffer<(id: ID, since: UInt64)>] = [:]
    private var last: UInt64 = 0

    init(max: Int) { shares = Shares(max: max) }

    var max: Int { shares.max }

    /// How many there are.
    var count: Int { seats.count }

    /// A connection was accepted; it is idle until its first request has come.
    mutating func open(_ id: ID, of user: UInt32?, isOperator: Bool = false) -> Verdict {
        let (own, share) = (shares.used(by: user), shares.share(of: user))
        var closing: [ID] = []
        if own == 0 ? seats.count >= max : own >= share {
            let donor = own == 0 ? shares.largest ?? user : user
            if let oldest = takeOldest(of: donor) {
                closing.append(oldest)
            } else if !isOperator || seats.count >= max + Self.reserve {
                return .refused(max: share)
            }
        }
        seats[id] = Seat(user: user)
        shares.take(1, of: .some(user))
        ended(id)
        return .seated(closing: closing)
    }

    /// A request has come whole and is being answered.
    mutating func began(_ id: ID) { seats[id]?.idleSince = nil }

    /// All its requests are answered.
    mutating func ended(_ id: ID) {
        guard let user = seats[id].map(\.user) else { return }
        last += 1
        seats[id]?.idleSince = last
        // Taken out and put back, so that it is not copied.
        var own = idle.removeValue(forKey: user) ?? CircularBuffer()
        own.append((id, last))
        if own.count > 2 * shares.used(by: user) + 64 {
            own = CircularBuffer(own.filter { seats[$0.id]?.idleSince == $0.since })
        }
        idle[user] = own
    }

    /// It is closed.
    mutating func close(_ id: ID) {
        guard let seat = seats.removeValue(forKey: id) else { return }
        shares.giveBack(1, of: .some(seat.user))
        if shares.used(by: seat.user) == 0 { idle[seat.user] = nil }
    }

    private mutating func takeOldest(of user: UInt32?) -> ID? {
        while let oldest = idle[user]?.popFirst() {
            guard seats[oldest.id]?.idleSince == oldest.since else { continue }
            close(oldest.id)
            return oldest.id
        }
        return nil
    }
}
