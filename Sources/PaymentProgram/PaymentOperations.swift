import CEL
import GRDB
import ParticipantKit

/// What a payment service does: `charge`, and `refund` that undoes it.
enum PaymentOperations {
    /// How long after the caller's deadline a late card is answered: enough that the caller has given up for certain.
    static let lateBy: Swift.Duration = .milliseconds(250)
    /// How late without a `Saga-Deadline`, and at most with one.
    static let lateDefault: Swift.Duration = .seconds(2)
    static let lateMax: Swift.Duration = .seconds(60)

    static let charge = Operation.forward(
        "charge",
        read: { call throws(Problem) in try ChargeRequest(call.body) },
        run: { request, call, db in
            var entry = PaymentLedger.Entry(
                kind: .charge, orderId: request.orderId, amount: request.amount, cardNo: request.card.masked)
            switch request.behaviour {
            case .isDeclined:
                entry.kind = .declined
                _ = try PaymentLedger.append(entry, for: call, db)
                return .refused(.cardDeclined(request.card))
            case .failsTwice where try PaymentLedger.countTry(of: call.key, db) <= 2:
                return .unanswered(.temporarilyDown)
            case .charges, .failsTwice, .answersLate:
                let seq = try PaymentLedger.append(entry, for: call, db)
                return .done([
                    "paymentId": .string(PaymentLedger.paymentId(seq)), "amount": .int(request.amount),
                    "cardNo": .string(request.card.masked),
                ])
            }
        }
    ).holdingBack { call in
        guard call.body["cardNo"]?.stringValue.map(Behaviour.init) == .answersLate else { return .zero }
        guard let deadline = call.deadline else { return lateDefault }
        return min(lateMax, max(.zero, .milliseconds(deadline - WallClock.now())) + lateBy)
    }

    static let refund = Operation.compensation("refund", of: ["charge"]) { call, undone, db in
        switch undone {
        case .done(_, let answer):
            guard let paymentId = answer.value["paymentId"]?.stringValue,
                let charge = PaymentLedger.seq(ofPayment: paymentId),
                let entry = try PaymentLedger.refund(of: charge, db)
            else { throw Problem.noSuchCharge(call.compensates ?? "") }
            let seq = try PaymentLedger.append(entry, for: call, db)
            return .done([
                "refundId": .string(PaymentLedger.refundId(seq)), "refunded": true, "paymentId": .string(paymentId),
                "amount": .int(entry.amount),
            ])
        case .refused:
            return .done(["refunded": false])
        case .neverCame:
            _ = try PaymentLedger.append(.init(kind: .tombstone, orderId: call.orderIdOfRequest), for: call, db)
            return .done(["refunded": false])
        }
    }
}

extension IncomingCall {
    /// The order of the charge that a compensation names in its body, for the ledger's reader.
    fileprivate var orderIdOfRequest: String? { body["request"]?["orderId"]?.stringValue }
}

extension Problem {
    fileprivate static func cardDeclined(_ card: Card) -> Problem {
        Problem(
            402, "card-declined", title: "The card was declined",
            detail: "the card \(card.masked) was declined; nothing was charged")
    }

    /// The database was changed by hand: not a refusal, since the money is still out (500: the caller asks again).
    fileprivate static func noSuchCharge(_ key: String) -> Problem {
        Problem(
            500, "ledger-damaged", title: "The ledger has no such charge",
            detail: "the key '\(key)' was charged, but the ledger has no row of it: restore the database")
    }

    fileprivate static var temporarilyDown: Problem {
        Problem(
            503, "unavailable", title: "The service is not available",
            detail: "nothing was charged; try again with the same Idempotency-Key")
    }
}
