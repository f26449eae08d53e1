/// What a fault proxy does with one request.
enum Fault: String, CaseIterable, Sendable {
    /// Forwards it, and its answer.
    case none
    /// Closes the connection without a word; the request never arrives.
    case dropsRequest = "drops-request"
    /// Forwards the request, and closes the connection instead of answering.
    case dropsAnswer = "drops-answer"
    /// Forwards the request, and answers only when the caller has given up.
    case delaysAnswer = "delays-answer"
    /// Forwards the request only when the caller has given up: by then it may have been undone.
    case delaysRequest = "delays-request"
    /// Forwards it twice, and gives the first answer.
    case doublesFirst = "doubles-first"
    /// Forwards it twice, and gives the second answer.
    case doublesSecond = "doubles-second"
    /// Forwards it, and again some requests later, when nobody asks any more.
    case repeatsLater = "repeats-later"
    /// Forwards it, and closes the connection in the middle of the answer.
    case cutsAnswer = "cuts-answer"

    /// Half of the requests meet none.
    static func draw(_ chance: inout Chance) -> Fault {
        guard Bool.random(using: &chance) else { return .none }
        return allCases.dropFirst().randomElement(using: &chance) ?? .none
    }
}
