import CEL
public import ControlAPI

/// An order as guests know it, told from the saga behind it.
public struct Booking: Sendable {
    /// The small number that guests are given.
    public var number: Int
    /// What the daemon knows of it; secrets masked.
    public var saga: SagaResource
    /// From the beginning.
    public var history: [HistoryResource]
    /// Of its amounts.
    public var currency: Currency

    public init(number: Int, saga: SagaResource, history: [HistoryResource], currency: Currency = .won) {
        self.number = number
        self.saga = saga
        self.history = history
        self.currency = currency
    }

    /// Where an order stands.
    enum Standing: String, CaseIterable {
        case ordering, paying, waiting, confirmed, returning, releasing, cancelled, attention, ended
    }

    /// Where its money is.
    public enum Money: String, Sendable, CaseIterable {
        case untouched, unknown, taken, returning, returned, refused
    }

    /// Of the workflow that guests' orders run by.
    enum Calls {
        static let hold = "reservation.hold"
        static let charge = "payment.charge"
        static let accept = "reservation.accept"
    }

    var standing: Standing {
        switch saga.status {
        case "succeeded": .confirmed
        case "cancelled": .cancelled
        case "terminated": .ended
        case "stuck", "paused": .attention
        case "cancelling", "compensating":
            switch money {
            case .taken, .unknown, .returning: .returning
            default: .releasing
            }
        default:
            switch saga.steps.last?.call {
            case Calls.accept: .waiting
            case Calls.charge: .paying
            case Calls.hold, nil: .ordering
            default: saga.status == "waiting" ? .waiting : .ordering
            }
        }
    }

    /// What is known of it, of the newest charge.
    public var money: Money {
        guard let charge = saga.steps.last(where: { $0.call == Calls.charge }) else { return .untouched }
        switch charge.outcome {
        case "compensated": return .returned
        case "refused": return .refused
        case "succeeded" where charge.undo != nil: return .returning
        case "succeeded": return .taken
        case "none" where !charge.armed, "skipped": return .untouched
        default: return charge.undo == nil ? .unknown : .returning
        }
    }

    /// Whether it never came to be: the room was taken, or the card declined.
    var isFailed: Bool {
        standing == .cancelled
            && saga.steps.contains { [Calls.hold, Calls.charge].contains($0.call) && $0.outcome == "refused" }
    }

    /// Whether the hotel's word, or a cancel, can still come.
    var isLive: Bool { !["succeeded", "cancelled", "terminated"].contains(saga.status) }
    /// Whether its guest may still ask for it to be undone.
    var mayCancel: Bool { ["running", "waiting"].contains(saga.status) && saga.cancel == nil }

    var room: String { saga.input["room"]?.word ?? "" }
    var guest: String { saga.input["name"]?.word ?? "" }
    var checkIn: String { saga.input["checkIn"]?.word ?? "" }
    var nights: Int { saga.input["nights"]?.number ?? 1 }
    var amount: Int { saga.input["amount"]?.number ?? 0 }
    /// When the hotel's time is over; `nil` without a timer.
    var due: String? { saga.timers.first?.due }
}

extension Value {
    /// A member of an object.
    subscript(name: String) -> Value? { if case .map(let map) = self { map[name] } else { nil } }

    /// A text, or a number as one; `nil` for what has parts.
    var word: String? {
        switch self {
        case .string(let text): text
        case .int(let number): String(number)
        case .double(let number): String(number)
        case .bool(let flag): flag ? "true" : "false"
        default: nil
        }
    }

    /// A whole number that a page can calculate with.
    var number: Int? { if case .int(let number) = self, abs(number) < 1 << 48 { Int(number) } else { nil } }
}
