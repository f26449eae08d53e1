import Basics

/// HTML that is safe to send. What a literal says is taken as it is; every text that is put into it is escaped, in elements and attributes
/// alike, so that no page can forget it. It is written as XML too (each element closed, each attribute in quotes), which tests parse.
public struct Markup: ExpressibleByStringInterpolation, Sendable, Hashable {
    /// The HTML.
    public private(set) var text: String

    /// Nothing.
    static let none: Markup = ""

    public init(stringLiteral value: String) { text = value }

    public init(stringInterpolation: Interpolation) { text = stringInterpolation.text }

    /// Markup that was made elsewhere by the same rules, as a drawing is.
    init(trusted text: String) { self.text = text }

    /// What a literal with values in it is made of.
    public struct Interpolation: StringInterpolationProtocol {
        fileprivate var text = ""

        public init(literalCapacity: Int, interpolationCount: Int) {
            text.reserveCapacity(literalCapacity + interpolationCount * 24)
        }

        /// A piece of the template.
        public mutating func appendLiteral(_ literal: String) { text += literal }

        /// A value: escaped.
        public mutating func appendInterpolation(_ value: String) { text += MarkupText.escaped(value) }

        /// A number.
        public mutating func appendInterpolation(_ value: Int) { text += String(value) }

        /// A part that is markup already.
        public mutating func appendInterpolation(_ value: Markup) { text += value.text }

        /// Parts, one after the other.
        public mutating func appendInterpolation(_ values: [Markup]) { for value in values { text += value.text } }
    }

    /// `part` where `condition` holds.
    static func when(_ condition: Bool, _ part: @autoclosure () -> Markup) -> Markup { condition ? part() : none }

    /// `part` of a value that is there.
    static func with<Value>(_ value: Value?, _ part: (Value) -> Markup) -> Markup { value.map(part) ?? none }
}
