/// A saga's way through its workflow, to be drawn upon the diagram.
public struct DiagramOverlay: Sendable, Hashable {
    /// The state that the saga is in, or that it left while it is undone.
    public var current: String?
    /// The states that it has been in, with the one it is in.
    public var visited: Set<String>
    /// The transitions that it took.
    public var taken: Set<Passage>
    /// What its steps have left in the world, by state, the oldest first.
    public var effects: [String: [Effect]]

    /// From a state into the next one.
    public struct Passage: Sendable, Hashable {
        /// The state that was left.
        public var from: String
        /// The state that was entered.
        public var to: String

        public init(from: String, to: String) {
            self.from = from
            self.to = to
        }
    }

    /// What became of one step.
    public struct Effect: Sendable, Hashable {
        /// What is known of it.
        public var mark: Mark
        /// What else to say, as how often it was tried; may be empty.
        public var note: String

        public init(_ mark: Mark, note: String = "") {
            self.mark = mark
            self.note = note
        }
    }

    /// What is known of a step's effect: a word, a symbol and a colour each, in this order of weight.
    public enum Mark: String, Sendable, Hashable, CaseIterable {
        case inFlight, done, unknown, undoWaits, beingUndone, undone, refused, nothing, skipped

        /// Stands before the word, so that nobody needs to see colours.
        public var symbol: String {
            switch self {
            case .inFlight: "▸"
            case .done: "✓"
            case .unknown: "?"
            case .undoWaits: "◷"
            case .beingUndone: "↶"
            case .undone: "○"
            case .refused: "✗"
            case .nothing: "–"
            case .skipped: "»"
            }
        }

        /// The class of the style sheet whose colours it has.
        public var tone: String {
            switch self {
            case .inFlight: "run"
            case .done: "ok"
            case .unknown, .refused: "bad"
            case .undoWaits: "wait"
            case .beingUndone: "undo"
            case .undone, .nothing, .skipped: "off"
            }
        }
    }

    /// The most effects that a box shows; the newest are those.
    public static let effectsMax = 3

    /// A way; without anything, nobody has gone it yet.
    public init(
        current: String? = nil, visited: Set<String> = [], taken: Set<Passage> = [], effects: [String: [Effect]] = [:]
    ) {
        self.current = current
        self.visited = visited
        self.taken = taken
        self.effects = effects
    }
}
