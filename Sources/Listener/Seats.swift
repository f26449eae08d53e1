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

    private struct User {
        var count = 0
        /// Oldest first; those that are gone or have become busy since are passed over.
        var idle = CircularBuffer<(id: ID, since: UInt64)>()
    }

    let max: Int
    private var seats: [ID: Seat] = [:]
    private var users: [UInt32?: User] = [:]
    private var last: UInt64 = 0

    init(max: Int) { self.max = max }

    /// How many there are.
    var count: Int { seats.count }

    /// A connection was accepted; it is idle until its first request has come.
    mutating func open(_ id: ID, of user: UInt32?, isOperator: Bool = false) -> Verdict {
        let (own, others) = (users[user]?.count ?? 0, seats.count - (users[user]?.count ?? 0))
        let share = Swift.max(0, max - others + 1) / 2
        var closing: [ID] = []
        if own == 0 ? seats.count >= max : own >= share {
            let donor = own == 0 ? users.max { $0.value.count < $1.value.count }?.key ?? user : user
            if let oldest = takeOldest(of: donor) {
                closing.append(oldest)
            } else if !isOperator || seats.count >= max + Self.reserve {
                return .refused(max: Swift.max(share, 0))
            }
        }
        seats[id] = Seat(user: user)
        users[user, default: User()].count += 1
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
        guard var own = users.removeValue(forKey: user) else { return }
        own.idle.append((id, last))
        if own.idle.count > 2 * own.count + 64 {
            let seats = seats
            own.idle = CircularBuffer(own.idle.filter { seats[$0.id]?.idleSince == $0.since })
        }
        users[user] = own
    }

    /// It is closed.
    mutating func close(_ id: ID) {
        guard let seat = seats.removeValue(forKey: id) else { return }
        users[seat.user]?.count -= 1
        if users[seat.user]?.count == 0 { users[seat.user] = nil }
    }

    private mutating func takeOldest(of user: UInt32?) -> ID? {
        while let oldest = users[user]?.idle.popFirst() {
            guard seats[oldest.id]?.idleSince == oldest.since else { continue }
            close(oldest.id)
            return oldest.id
        }
        return nil
    }
}
