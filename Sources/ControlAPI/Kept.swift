public import CEL

/// A signal by key that waits for its saga.
public struct KeptAnswer: Sendable, Hashable {
    /// The name of the workflow.
    public var workflow: String
    /// The business key of the saga to come.
    public var key: String
    /// The name of the signal.
    public var signal: String
    /// When it is dropped, RFC 3339.
    public var until: String

    /// What is kept, and until when.
    public init(workflow: String, key: String, signal: String, until: String) {
        self.workflow = workflow
        self.key = key
        self.signal = signal
        self.until = until
    }

    /// Throws when a member is missing or no string.
    public init(json: Value) throws(MalformedResource) {
        let members = try Members(json, of: "a signal that is kept")
        workflow = try members.text("workflow")
        key = try members.text("key")
        signal = try members.text("signal")
        until = try members.text("until")
    }

    /// `{"answer": "kept", …}`.
    public var json: Value {
        .map(
            MapValue([
                ("answer", "kept"), ("workflow", .string(workflow)), ("key", .string(key)),
                ("signal", .string(signal)), ("until", .string(until)),
            ]))
    }
}

/// What became of a signal by key.
public enum KeyedAnswer: Sendable, Hashable {
    /// There is a saga, and it was told.
    case told(CommandAnswer)
    /// It waits for its saga.
    case kept(KeptAnswer)

    /// Throws when it is neither.
    public init(json: Value) throws(MalformedResource) {
        let members = try Members(json, of: "an answer")
        if try members.text("answer") == "kept" {
            self = .kept(try KeptAnswer(json: json))
        } else {
            self = .told(try CommandAnswer(json: json))
        }
    }

    /// As on the wire.
    public var json: Value {
        switch self {
        case .told(let answer): answer.json
        case .kept(let answer): answer.json
        }
    }
}

/// `GET /v1/workflows/{name}/keys/{key}/signals/{signal}`.
public struct KeptList: Sendable, Hashable {
    /// The oldest first.
    public var signals: [Kept]

    /// One that waits.
    public struct Kept: Sendable, Hashable {
        /// By which it is kept once.
        public var id: String?
        /// `null` when there is none.
        public var data: Value
        /// RFC 3339.
        public var keptAt: String
        /// When it is dropped, RFC 3339.
        public var until: String

        /// A signal with its times.
        public init(id: String?, data: Value, keptAt: String, until: String) {
            self.id = id
            self.data = data
            self.keptAt = keptAt
            self.until = until
        }
    }

    /// A list of those.
    public init(signals: [Kept]) {
        self.signals = signals
    }

    /// `{"signals": […]}`.
    public var json: Value {
        let signals = signals.map { kept in
            Value.map(
                MapValue(present: [
                    ("id", kept.id.map { .string($0) }), ("data", kept.data), ("keptAt", .string(kept.keptAt)),
                    ("until", .string(kept.until)),
                ]))
        }
        return .map(MapValue([("signals", .list(signals))]))
    }
}

/// `POST /v1/resume`.
public struct ResumeAnswer: Sendable, Hashable {
    /// `resumed`, or `already` when nothing was paused.
    public var answer: String

    public init(answer: String) {
        self.answer = answer
    }

    /// Throws when `answer` is missing.
    public init(json: Value) throws(MalformedResource) {
        answer = try Members(json, of: "an answer").text("answer")
    }

    /// `{"answer": …}`.
    public var json: Value { .map(MapValue([("answer", .string(answer))])) }
}

extension KeptAnswer: Described {
    package static let schema = ObjectSchema(
        "KeptAnswer",
        [
            .always("answer", .exactly("kept")), .always("workflow", .text), .always("key", .text),
            .always("signal", .text), .always("until", .time),
        ])
}

extension KeptList: Described {
    package static let schema = ObjectSchema("KeptList", [.always("signals", .list(of: .of(Kept.schema)))])
}

extension KeptList.Kept {
    static let schema = ObjectSchema(
        "KeptSignal",
        [.maybe("id", .text), .always("data", .any), .always("keptAt", .time), .always("until", .time)])
}

extension ResumeAnswer: Described {
    package static let schema = ObjectSchema(
        "ResumeAnswer", [.always("answer", .word(["resumed", "already"]))])
}
