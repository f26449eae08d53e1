/// A workflow as boxes and arrows, before anybody says where they are. The layout sees boxes as sizes only: one that holds branches side by
/// side, or a child's own diagram, is a larger box to it.
public struct Diagram: Sendable, Hashable {
    /// What is drawn, in a few words.
    public var title: String
    /// The same in sentences, for those who do not see it.
    public var summary: String
    /// The first is where the way begins.
    public var boxes: [Box]
    /// At most one for each pair of boxes, in the order of the file; it carries a label for each transition.
    public var arrows: [Arrow]
    /// What holds for all boxes, in lines under the drawing.
    public var notes: [String]

    /// A state.
    public struct Box: Sendable, Hashable {
        /// Unique in its diagram.
        public var name: String
        /// What the state is in its workflow.
        public var kind: Kind
        /// Where a saga's way has it; `nil` while no saga is shown.
        public var standing: Standing?
        /// Under the name.
        public var lines: [Line]

        /// What a state is in its workflow.
        public enum Kind: String, Sendable, Hashable {
            case plain, pivot, succeeded, cancelled
        }

        /// Where a saga's way has a state.
        public enum Standing: String, Sendable, Hashable {
            case here, been, never
        }
    }

    /// A text in a box.
    public struct Line: Sendable, Hashable {
        /// As much as is shown.
        public var text: String
        /// Decides how it looks.
        public var role: Role

        /// What a line tells.
        public enum Role: Sendable, Hashable {
            case call, note
            case effect(DiagramOverlay.Mark)
        }
    }

    /// All transitions from one state to another.
    public struct Arrow: Sendable, Hashable {
        /// The place of the box where it begins.
        public var from: Int
        /// The place of the box that it leads to; that of `from` for a state that is entered again.
        public var to: Int
        /// One for each transition, in the order in which they are tried.
        public var labels: [Label]
        /// Whether the saga that is shown went along it.
        public var isTaken: Bool
    }

    /// What leads along an arrow.
    public struct Label: Sendable, Hashable {
        /// As much as is shown.
        public var text: String
        /// All of it, where the text is cut.
        public var whole: String?

        /// The most characters of a label that are shown.
        public static let lengthMax = 34

        /// One that is cut where it is too long.
        init(_ text: String) {
            let line = String(text.map { $0.isNewline || $0 == "\t" ? " " : $0 })
            let isCut = line.count > Self.lengthMax
            self.text = isCut ? line.prefix(Self.lengthMax - 1) + "…" : line
            whole = isCut ? line : nil
        }
    }
}
