import CEL
import Foundation
import Synchronization

/// A stand-in of a card processor of Stripe's style: it reads forms, keeps the first answer of each `Idempotency-Key` and the parameters
/// that came with it, and says 409 while one is under way.
final class CardProcessor: Sendable {
    private struct State {
        /// By key: the request that it came with, and the answer that it has for good.
        var answers: [String: (said: String, status: Int, body: String)] = [:]
        /// Keys under way: an answer of theirs was lost, and the next attempt is told 409.
        var inUse: Set<String> = []
        /// Order to the payments that money moved for.
        var charged: [String: [String]] = [:]
        var refunded: [String] = []
        var codes: [Int] = []
        var faults: [String] = []
    }

    private let state = Mutex(State())

    /// Payments by order, refunds, the statuses that were sent (0: cut), and what was wrong with requests.
    var charged: [String: [String]] { state.withLock { $0.charged } }
    var refunded: [String] { state.withLock { $0.refunded } }
    var statuses: [Int] { state.withLock { $0.codes } }
    var faults: [String] { state.withLock { $0.faults } }

    func answer(_ request: StandIn.Request) -> StandIn.Answer {
        state.withLock { state in
            let answer = Self.answer(request, &state)
            if case .say(let status, _, _) = answer { state.codes.append(status) } else { state.codes.append(0) }
            return answer
        }
    }

    private static func answer(_ request: StandIn.Request, _ state: inout State) -> StandIn.Answer {
        guard request.headers["authorization"] == "Bearer sk_test_51", request.headers["stripe-version"] == "2024-06-20"
        else {
            return error(
                401, "api_key", "Invalid API Key provided: \(request.headers["authorization"] ?? "none")",
                "invalid_request_error")
        }
        guard request.method == "POST", request.headers["content-type"] == "application/x-www-form-urlencoded",
            let key = request.headers["idempotency-key"]
        else {
            state.faults.append("\(request)")
            return error(400, "parameter_unknown", "no form, or no key", "invalid_request_error")
        }
        let said = request.target + " " + request.body
        if let known = state.answers[key] {
            guard known.said == said else {
                state.faults.append("'\(key)' came with \(said) and with \(known.said)")
                return error(
                    400, nil, "Keys for idempotent requests can only be used with the same parameters",
                    "idempotency_error")
            }
            if state.inUse.remove(key) != nil {
                return error(
                    409, "idempotency_key_in_use", "There is currently another in-progress request", "idempotency_error"
                )
            }
            return .say(known.status, known.body, headers: ["Idempotent-Replayed": "true"])
        }
        let (status, body) =
            request.target == "/v1/refunds" ? refund(request.form, &state) : charge(request.form, key, &state)
        state.answers[key] = (said, status, body)
        // What happened has happened, and nobody hears of it.
        guard request.form["metadata[lose]"] != "yes" else {
            state.inUse.insert(key)
            return .cut
        }
        return .say(status, body)
    }

    private static func charge(_ form: [String: String], _ key: String, _ state: inout State) -> (Int, String) {
        guard form["currency"] == "eur", form["confirm"] == "true", let order = form["metadata[order]"],
            form["amount"].flatMap(Int.init) != nil
        else {
            state.faults.append("\(form)")
            return (400, #"{"error":{"code":"parameter_missing","message":"?","type":"invalid_request_error"}}"#)
        }
        guard form["payment_method"] != "pm_declined" else {
            return (
                402,
                #"{"error":{"code":"card_declined","decline_code":"insufficient_funds","message":"Your card was declined.","type":"card_error"}}"#
            )
        }
        let payment = "pi_\(state.charged.values.joined().count + 1)"
        state.charged[order, default: []].append(payment)
        return (200, #"{"id":"\#(payment)","status":"succeeded"}"#)
    }

    private static func refund(_ form: [String: String], _ state: inout State) -> (Int, String) {
        let payment = form["payment_intent"] ?? ""
        guard state.charged.values.joined().contains(payment) else {
            state.faults.append("a refund of \(payment)")
            return (
                404,
                #"{"error":{"code":"resource_missing","message":"No such payment_intent","type":"invalid_request_error"}}"#
            )
        }
        guard !state.refunded.contains(payment) else {
            return (400, #"{"error":{"code":"charge_already_refunded","message":"?","type":"invalid_request_error"}}"#)
        }
        state.refunded.append(payment)
        return (200, #"{"id":"re_\#(payment)"}"#)
    }

    private static func error(_ status: Int, _ code: String?, _ message: String, _ type: String) -> StandIn.Answer {
        let code = code.map { #""code":"\#($0)","# } ?? ""
        return .say(status, #"{"error":{\#(code)"message":"\#(message)","type":"\#(type)"}}"#)
    }
}
