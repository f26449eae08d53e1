public import CEL
public import SagaCore

/// One story of a saga: what it starts with, what participants answer, what comes from outside, and how it must end.
public struct Scenario: Sendable, Hashable {
    /// The claim, in words.
    public var name: String
    /// What the saga is started with.
    public var input: Value
    /// When it starts; all other times count from here.
    public var start: Instant
    /// Stop here, in milliseconds after the start, although more would come.
    public var until: Int64?
    /// For each operation what it answers, call by call; the last answer goes on. An operation without any succeeds with `{}`.
    public var answers: [Operation: [ScriptedAnswer]]
    /// Signals and cancels.
    public var acts: [Act]
    /// How it must end.
    public var expected: Expected

    /// A story without acts that expects nothing yet.
    ///
    /// - Parameter start: 2026-01-01T00:00:00Z by default.
    public init(
        name: String, input: Value, start: Instant = Scenario.startDefault, until: Int64? = nil,
        answers: [Operation: [ScriptedAnswer]] = [:], acts: [Act] = [], expected: Expected = Expected()
    ) {
        self.name = name
        self.input = input
        self.start = start
        self.until = until
        self.answers = answers
        self.acts = acts
        self.expected = expected
    }

    /// 2026-01-01T00:00:00Z: any time would do, and the same one in every run.
    public static let startDefault = Instant(milliseconds: 1_767_225_600_000)
}

/// A signal or a cancel, and when it comes.
public struct Act: Sendable, Hashable {
    /// When it comes.
    public var moment: Moment
    /// Milliseconds after that moment.
    public var delay: Int64
    /// What comes.
    public var deed: Deed
    /// What the sender must be told: `accepted`, `deferred`, `already`, `too-late`, `handled`, `refused`; `nil`: anything.
    public var answer: String?

    /// An act at a moment.
    public init(_ deed: Deed, _ moment: Moment, delay: Int64 = 0, answer: String? = nil) {
        self.moment = moment
        self.delay = delay
        self.deed = deed
        self.answer = answer
    }

    /// When something comes from outside.
    public enum Moment: Sendable, Hashable {
        /// Milliseconds after the start.
        case at(Int64)
        /// As soon as the saga has entered that state, or has that status; its call is in flight then.
        case when(String)
        /// While a call of that operation is in flight: once it was sent, before it is answered.
        case during(Operation)
    }

    /// What comes from outside.
    public enum Deed: Sendable, Hashable {
        /// A signal; without an `id` it has one of its own.
        case signal(name: String, data: Value, id: String?)
        case cancel(reason: String?)
    }

    /// `signal 'confirm' when Reserved`.
    public var text: String {
        let what =
            switch deed {
            case .signal(let name, _, _): "signal '\(name)'"
            case .cancel: "cancel"
            }
        let then = delay == 0 ? "" : " + \(DurationText.text(delay))"
        return switch moment {
        case .at(let milliseconds): "\(what) at \(DurationText.text(milliseconds))\(then)"
        case .when(let name): "\(what) when \(name)\(then)"
        case .during(let call): "\(what) during \(call)\(then)"
        }
    }
}

/// How one call is answered.
public struct ScriptedAnswer: Sendable, Hashable {
    /// What becomes of the call.
    public var kind: Kind
    /// Milliseconds from the request's arrival to the answer. An attempt waits no longer than its timeout.
    public var after: Int64
    /// Milliseconds that the request is on its way.
    public var arrives: Int64
    /// The answer comes also when the saga has given up waiting, as that of a worker that pulls does.
    public var isLate: Bool
    /// Every call before this time, in milliseconds after the start, is answered so; `nil`: one call.
    public var until: Int64?

    /// An answer that comes at once, unless told otherwise.
    public init(_ kind: Kind, after: Int64 = 0, arrives: Int64 = 0, isLate: Bool = false, until: Int64? = nil) {
        self.kind = kind
        self.after = after
        self.arrives = arrives
        self.isLate = isLate
        self.until = until
    }

    /// What becomes of a call.
    public enum Kind: Sendable, Hashable {
        /// Done, and answered with JSON.
        case succeeded(result: Document)
        /// A definite no.
        case refused(code: String, message: String)
        /// Done with that result, and the answer never comes.
        case lost(result: Document)
        /// Nothing was done, and the caller cannot know.
        case unknown
        /// Provably never arrived.
        case unreached
        /// Somebody else answers in the participant's place, with that status: it proves nothing.
        case stranger(status: Int)
        /// The participant says that the key is in use (409), each time in another shape, and did nothing more.
        case busy
        /// Accepted (202); what follows is there later.
        case pending(Promise)
        /// The participant may have forgotten the key: what is in doubt is not sent to it again. What is not is done.
        case forgot
    }

    /// An answer that comes later.
    public struct Promise: Sendable, Hashable {
        /// Milliseconds after the call had arrived; `nil`: never.
        public var after: Int64?
        /// Whether it says where to ask (`Location`); otherwise the same key asks.
        public var hasPlace: Bool
        /// What it will be: `nil` for a no.
        public var result: Document?
        /// The code of the no.
        public var code: String

        /// A promise that is kept with a result, or with a no of that code.
        public init(
            after: Int64?, hasPlace: Bool = true, result: Document? = Document(read: .map(MapValue())),
            code: String = ""
        ) {
            self.after = after
            self.hasPlace = hasPlace
            self.result = result
            self.code = code
        }

        /// What the participant answers in the end.
        var outcome: Outcome {
            result.map { .succeeded(result: $0) } ?? .refused(code: code, message: "no")
        }
    }
}

/// What a scenario must come to; `nil` expects nothing.
public struct Expected: Sendable, Hashable {
    /// The state at the end.
    public var state: String?
    /// The status at the end.
    public var status: Status?
    /// Every state that was entered, in order.
    public var states: [String]?
    /// Every call in the order in which it was first sent; repeated attempts count once.
    public var calls: [String]?
    /// Values that `vars` must have; others may be there.
    public var vars: MapValue?
    /// The stable word that says why it is stuck.
    public var reason: String?
    /// Operations that are done and not undone in the participants' memory, in order.
    public var effects: [String]?

    /// Expects nothing.
    public init() {}
}
