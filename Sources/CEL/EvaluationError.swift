/// Why an expression has no value, and where in its text.
public struct EvaluationError: Error, Sendable, Hashable {
    /// What went wrong, for programs; the raw value is stable.
    public enum Code: String, Sendable, Hashable, CaseIterable {
        /// A map has no such key.
        case noSuchKey = "no-such-key"
        /// A field was selected from what is no map.
        case noSuchField = "no-such-field"
        /// No overload of the function or operator takes values of these types.
        case noSuchOverload = "no-such-overload"
        case divisionByZero = "division-by-zero"
        /// The result does not fit its type or the range of the language.
        case overflow
        /// A text or number that cannot be converted, a zone that is unknown.
        case invalidArgument = "invalid-argument"
        case indexOutOfRange = "index-out-of-range"
        /// A map literal has the same key twice, or a key of a type that keys cannot have.
        case badKey = "bad-key"
        /// No variable has this name.
        case undeclared
        /// No function has this name and number of arguments.
        case unknownFunction = "unknown-function"
        /// A message was constructed; this implementation has none.
        case unknownType = "unknown-type"
        /// The evaluation took more steps, or made more data, than it may.
        case cost
    }

    /// What went wrong, for programs.
    public var code: Code
    /// What is wrong, without the place.
    public var message: String
    /// Line and column from 1 and the byte offset.
    public var place: SourcePlace

    /// The line, from 1.
    public var line: Int { place.line }
    /// The column in Unicode scalars, from 1.
    public var column: Int { place.column }
    /// The offset in bytes, from 0.
    public var offset: Int { place.offset }

    init(_ failure: Failure, in source: String) {
        code = failure.code
        message = failure.message
        place = SourcePlace(failure.offset, in: source.utf8)
    }
}

extension EvaluationError: CustomStringConvertible {
    public var description: String { "\(place): \(message)" }
}

/// An error inside of an evaluation: most are absorbed by `||` and `&&`, so the place is worked out only for those that
/// get out.
struct Failure: Error {
    var code: EvaluationError.Code
    var message: String
    var offset: Int

    init(_ code: EvaluationError.Code, _ message: String, at offset: Int) {
        self.code = code
        self.message = message
        self.offset = offset
    }
}
