import CEL
import ControlAPI

/// What an order has that says nothing of it: the old system's clients name a guest and a card.
public struct OrderDefaults: Sendable, Hashable {
    /// Which workflow orders are sagas of.
    public var workflow = "reservation"
    /// A number of a room.
    public var room = "101"
    public var nights: Int64 = 1
    /// Minor units of one night.
    public var amountPerNight: Int64 = 10_000

    /// As they are documented.
    public init() {}
}

/// The body of an order: what is missing has its default, and what is wrong is told at once.
struct OrderRequest {
    var name: String
    var card: String
    var room: String
    /// `nil`: the first free day.
    var checkIn: String?
    var nights: Int64
    var amount: Int64

    /// Limits are the workflow's, which says what does not fit; here is only what a form cannot say, and what defaults depend on.
    /// - Throws: ``WireProblem`` 422, never with a card number in it.
    init(_ body: MapValue, _ defaults: OrderDefaults) throws {
        var faults: [(pointer: String, message: String)] = []
        func text(_ name: String) -> String? {
            switch body[name] {
            case nil, .null: return nil
            case .string(let text): return text
            case .int(let number): return String(number)
            default:
                faults.append(("/\(name)", "must be a text"))
                return nil
            }
        }
        func number(_ name: String, _ range: ClosedRange<Int64>) -> Int64? {
            let number: Int64?
            switch body[name] {
            case nil, .null: return nil
            case .string(let text): number = Int64(text)
            case .int(let value): number = value
            default: number = nil
            }
            if let number, range.contains(number) { return number }
            faults.append(("/\(name)", "must be a whole number from \(range.lowerBound) to \(range.upperBound)"))
            return nil
        }
        let name = text("name")
        let card = text("cardNo")
        if body["name"]?.isNull ?? true { faults.append(("/name", "is required")) }
        if body["cardNo"]?.isNull ?? true { faults.append(("/cardNo", "is required")) }
        // What old clients say an order's status is; it is what becomes of it.
        _ = text("status")
        self.name = name ?? ""
        self.card = card ?? ""
        room = text("room") ?? defaults.room
        checkIn = text("checkIn")
        nights = number("nights", 1...60) ?? defaults.nights
        amount = number("amount", 0...Self.amountMax) ?? defaults.amountPerNight * nights
        guard faults.isEmpty else { throw WireProblem.invalid(faults) }
    }

    static let amountMax: Int64 = 1_000_000_000_000

    /// What the saga is started with.
    func input(checkIn: String) -> Value {
        .map(
            MapValue([
                ("name", .string(name)), ("cardNo", .string(card)), ("room", .string(room)),
                ("checkIn", .string(checkIn)), ("nights", .int(nights)), ("amount", .int(amount)),
            ]))
    }
}
