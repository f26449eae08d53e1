import CEL
import ParticipantKit

/// The body of a charge, checked. Members that are not known are let through: callers may be newer.
struct ChargeRequest: Sendable {
    let orderId: String
    let card: Card
    /// In minor units.
    let amount: Int64
    let behaviour: Behaviour

    /// Most that one charge takes, so that no sum of the ledger comes near what 64 bits hold.
    static let amountMax: Int64 = 1_000_000_000_000

    /// - Throws: ``Problem`` 422; never with the card number in it.
    init(_ body: Value) throws(Problem) {
        guard body.mapValue != nil else {
            throw .invalid("the body is no object: send {\"orderId\", \"cardNo\", \"amount\"}")
        }
        guard let orderId = body["orderId"]?.stringValue ?? body["orderId"]?.intValue.map(String.init),
            (1...200).contains(orderId.utf8.count)
        else { throw .invalid("'orderId' is required: a text of 1 to 200 bytes") }
        guard let number = body["cardNo"]?.stringValue, let card = Card(number) else {
            throw .invalid("'cardNo' is required: a text of 3 to 19 digits without spaces")
        }
        guard let amount = body["amount"]?.intValue, (0...Self.amountMax).contains(amount) else {
            throw .invalid("'amount' is required: a whole number of minor units, 0 to \(Self.amountMax)")
        }
        self.orderId = orderId
        self.card = card
        self.amount = amount
        behaviour = Behaviour(number)
    }
}
