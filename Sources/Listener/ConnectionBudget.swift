import NIOCore
import Synchronization

/// What the connections of a listener may have together, and each user of that: places, bytes of bodies that have not come whole, and bytes
/// of answers that were not read.
///
/// What connections share beyond their event loops, so behind a lock; what is to be done to other connections is done after it.
public final class ConnectionBudget: Sendable {
    /// How much of something there is, and may be.
    public struct Level: Sendable, Hashable {
        /// Now.
        public var used: Int
        /// The budget.
        public var max: Int
    }

    typealias ID = UInt64

    /// Places that only operators find, above the others.
    public static let reserve = Seats.reserve

    /// How another connection is reached.
    struct Door: Sendable {
        var close: @Sendable () -> Void
        var readOn: @Sendable () -> Void
    }

    private struct State {
        var seats: Seats
        var bodies: BodyRoom
        var answers: AnswerRoom
        var doors: [ID: Door] = [:]
        var last: ID = 0
        var isCrowdTold = false
    }

    private let state: Mutex<State>
    private let operators: Set<UInt32>
    private let onCrowded: @Sendable () -> Void

    /// - Parameters:
    ///   - connectionsMax: places; operators find a few more.
    ///   - unreadBytesMax: bytes of bodies that have not come whole, and as many of answers that were not read.
    ///   - patience: how long a body may stand still while others of its user wait for its room.
    ///   - operators: users who are let in also when nothing is left.
    ///   - onCrowded: called once, when a connection is closed or turned away for want of a place.
    public init(
        connectionsMax: Int, unreadBytesMax: Int, operators: Set<UInt32>, patience: Duration = .seconds(5),
        onCrowded: @escaping @Sendable () -> Void = {}
    ) {
        self.operators = operators
        self.onCrowded = onCrowded
        state = Mutex(
            State(
                seats: Seats(max: connectionsMax),
                bodies: BodyRoom(max: unreadBytesMax, patience: TimeAmount(patience)),
                answers: AnswerRoom(max: unreadBytesMax)))
    }

    /// Connections that are open.
    public var connections: Level { state.withLock { Level(used: $0.seats.count, max: $0.seats.max) } }

    /// Bytes that are kept for bodies that have not come whole.
    public var bodies: Level { state.withLock { Level(used: $0.bodies.used, max: $0.bodies.max) } }

    /// Bytes of answers that clients have not read.
    public var answers: Level { state.withLock { Level(used: $0.answers.used, max: $0.answers.max) } }

    /// A place for a new connection, under a number.
    /// - Returns: `nil` and how many its user may have, when there is none.
    func open(of user: UInt32?, _ door: Door) -> (id: ID?, share: Int) {
        let isOperator = user.map(operators.contains) ?? false
        let (id, share, closing, tells): (ID?, Int, [Door], Bool) = state.withLock { state in
            state.last += 1
            let id = state.last
            switch state.seats.open(id, of: user, isOperator: isOperator) {
            case .seated(let closing):
                state.doors[id] = door
                let tells = !closing.isEmpty && !state.isCrowdTold
                if tells { state.isCrowdTold = true }
                return (id, 0, closing.compactMap { state.doors[$0] }, tells)
            case .refused(let max):
                defer { state.isCrowdTold = true }
                return (nil, max, [], !state.isCrowdTold)
            }
        }
        if tells { onCrowded() }
        for door in closing { door.close() }
        return (id, share)
    }

    func began(_ id: ID) { state.withLock { $0.seats.began(id) } }

    func ended(_ id: ID) { state.withLock { $0.seats.ended(id) } }

    /// Whether a body may be read; when not, its connection is told to read on.
    func ask(_ id: ID, for length: Int?, of user: UInt32?) -> Bool {
        let (isGranted, stalled) = state.withLock { state in
            let now = NIODeadline.now()
            let isGranted = state.bodies.ask(id, for: length, of: user, at: now)
            let stalled = isGranted ? [] : state.bodies.stalled(at: now).compactMap { state.doors[$0] }
            return (isGranted, stalled)
        }
        for door in stalled { door.close() }
        return isGranted
    }

    func progressed(_ id: ID) { state.withLock { $0.bodies.progressed(id, at: .now()) } }

    /// The body was taken whole.
    func release(_ id: ID) {
        let next = state.withLock { state in state.bodies.release(id, at: .now()).compactMap { state.doors[$0] } }
        for door in next { door.readOn() }
    }

    func holds(_ id: ID, answers bytes: Int, of user: UInt32?) {
        let closing = state.withLock { state in
            state.answers.holds(id, bytes, of: user).compactMap { state.doors[$0] }
        }
        for door in closing { door.close() }
    }

    /// The connection is gone.
    func close(_ id: ID) {
        let next = state.withLock { state in
            state.seats.close(id)
            state.answers.release(id)
            state.doors[id] = nil
            return state.bodies.release(id, at: .now()).compactMap { state.doors[$0] }
        }
        for door in next { door.readOn() }
    }
}
