import Hummingbird
import ParticipantKit

/// Everything that the payment service answers.
enum PaymentRoutes {
    /// The service's name: in `type` of its problems, and in its database.
    static let name = "yogi-payment"
    /// Payments in one answer unless `limit` says otherwise.
    static let paymentsDefault = 10_000

    static func make(_ participant: Participant) -> Participant.Routes {
        let routes = participant.routes()
        participant.register(PaymentOperations.charge, aliases: ["/paymentHistories"], on: routes)
        participant.register(PaymentOperations.refund, on: routes)
        let store = participant.store
        routes.get("/ledger") { request, _ in
            let page = try Page(of: request)
            return KeptAnswer(status: 200, try await store.read { db in try PaymentLedger.ledger(page, db) }).response()
        }
        routes.get("/paymentHistories") { request, _ in
            let page = try Page(of: request, limitDefault: paymentsDefault)
            let payments = try await store.read { db in try PaymentLedger.payments(page, db) }
            return page.response(payments, path: "/paymentHistories")
        }
        return routes
    }
}
