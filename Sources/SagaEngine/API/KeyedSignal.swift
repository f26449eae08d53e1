public import CEL
public import SagaCore

/// A signal to the saga of a business key, whether there is one yet or not (semantics.md, rule 20).
public struct KeyedSignal: Sendable {
    /// The name of a workflow that is loaded.
    public var workflow: String
    /// The business key.
    public var key: String
    /// One that a state of the workflow declares.
    public var signal: SignalSent
    /// Milliseconds for which it is kept when there is no saga yet, 1 to ``keptForMax``.
    public var keptFor: Int64

    /// An hour: a signal that early is a race, and what comes later is a mistake.
    public static let keptForDefault: Int64 = 3_600_000
    /// 30 days.
    public static let keptForMax: Int64 = 30 * 86_400_000
    /// Signals that are kept for one key: a saga remembers 1,000.
    public static let perKeyMax = 100
    /// Bytes of their data: half of what a saga remembers.
    public static let perKeyBytesMax = SagaLimits.signalBytesMax / 2

    /// A signal that is kept for an hour.
    public init(
        workflow: String, key: String, signal: SignalSent, keptFor: Int64 = KeyedSignal.keptForDefault
    ) {
        self.workflow = workflow
        self.key = key
        self.signal = signal
        self.keptFor = keptFor
    }
}

/// What became of a signal that was sent by key.
public enum KeyedReply: Sendable {
    /// There is a live saga, which was told.
    case told(Reply<SignalVerdict>)
    /// It waits for its saga until then.
    case kept(until: Instant)
}

/// A signal that is kept for its saga.
public struct KeptSignal: Sendable, Hashable {
    /// By which it is kept once; `nil`: each is another one.
    public var id: String?
    /// `null` when there is none.
    public var data: Value
    /// When it came.
    public var at: Instant
    /// When it is dropped.
    public var until: Instant
}
