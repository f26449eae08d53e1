import CEL
import NIOHTTP1
import SagaCore

extension OutcomeRules {
    /// What the rules look at.
    struct ReadAnswer {
        let status: HTTPResponseStatus
        let headers: HTTPHeaders
        let body: AnswerBody
        /// The milliseconds that it asks to wait.
        let retryAfter: Int64?

        /// `404 Not Found`.
        var line: String {
            status.reasonPhrase.isEmpty ? "\(status.code)" : "\(status.code) \(status.reasonPhrase)"
        }

        var problem: ProblemBody? { ProblemBody(body.value) }

        /// Of a refusal: the problem's, else the number. A page's is no code that anybody names: what stands in front of a participant
        /// answers with one, whatever the number.
        var code: String {
            let number = body.isPage ? "http-\(status.code)" : String(status.code)
            return OutcomeRules.clipped(problem?.code ?? number, to: OutcomeRules.codeBytesMax)
        }

        /// The message of a refusal.
        var reason: String {
            let message = problem?.message ?? status.reasonPhrase
            return OutcomeRules.clipped(message.isEmpty ? code : message)
        }

        /// The message of what is no refusal.
        var said: String { OutcomeRules.clipped("answered \(line)" + (problem?.message.map { ": \($0)" } ?? "")) }

        /// A body that should have been JSON: the step goes on being unknown, and the words say why.
        var unreadable: Outcome {
            let why: String
            switch body.content {
            case .text(let error): why = "that is no JSON: \(error)"
            case .unreadable(let words): why = words
            case .nothing, .json: return .unknown(message: said, retryAfter: retryAfter)
            }
            return .unknown(
                message: OutcomeRules.clipped("answered \(line) with a body \(why)"), retryAfter: retryAfter)
        }

        /// Where to ask how it goes, as it was given (RFC 9110, 10.2.2).
        private var location: String? {
            headers.first(name: "Location").flatMap { text in
                (1...OutcomeRules.locationBytesMax).contains(text.utf8.count) ? text : nil
            }
        }

        /// The outcome by a word about the key. A success whose body is said to be JSON and cannot be read is unknown: what undoes it
        /// may want the result.
        func outcome(_ meaning: AnswerRule.Meaning) -> Outcome {
            switch meaning {
            case .succeeded:
                switch body.content {
                case .json(let value, let bytes): .succeeded(result: Document(read: value, from: bytes))
                case .text, .unreadable: body.saysJSON ? unreadable : .succeeded(result: nil)
                case .nothing: .succeeded(result: nil)
                }
            case .refused: .refused(code: code, message: reason, by: .participant, retryAfter: retryAfter)
            case .retry: .unreached(message: said, retryAfter: retryAfter, hasLeft: true)
            case .pending: .pending(location: location, message: said, retryAfter: retryAfter)
            case .unknown: .unknown(message: said, retryAfter: retryAfter)
            }
        }

        /// Whether the participant is at work, so that its breaker may close: by what it said of the key, else by its status.
        func showsLife(_ outcome: Outcome) -> Bool {
            switch outcome {
            case .succeeded, .refused, .pending: true
            case .unreached, .unknown, .held, .forgotten:
                (200..<300).contains(status.code) || (400..<500).contains(status.code)
            }
        }

        enum Word {
            case said(AnswerRule.Meaning)
            /// What stands there is none of the words, or several of them.
            case unclear(String)
        }

        /// The header `Saga-Outcome`: the participant's own word about the key, or that nobody knows. What is none of its words leaves that
        /// open too: it was said of the key, and may be a no.
        var word: Word? {
            let texts = Set(headers[canonicalForm: "Saga-Outcome"].map { $0.lowercased() })
            guard let text = texts.first else { return nil }
            let meaning = AnswerRule.Meaning(rawValue: text)
            if texts.count == 1, let meaning { return .said(meaning) }
            return .unclear(OutcomeRules.clipped(texts.sorted().joined(separator: ", "), to: 64))
        }
    }
}
