/// An expression of the Common Expression Language, parsed and compiled once, evaluated often.
///
/// Always ends: there are no loops but the macros over lists and maps, nesting is bounded, and `evaluate` has a cost
/// limit.
public struct Expression: Sendable {
    let program: Program

    /// Parses and compiles a source.
    ///
    /// - Parameter container: the namespace in which names are looked up first, such as `a.b` (cel-spec, "Name
    ///   Resolution").
    /// - Parameter zones: the named time zones that it knows wherever it is evaluated; without them and those of a scope only `UTC` and
    ///   offsets are known.
    /// - Throws: `ParseError` with the place of the first fault.
    public init(_ source: String, container: String = "", zones: ZoneResolver? = nil) throws(ParseError) {
        var parser = try Parser(source)
        let tree = try parser.parse()
        var compiler = Compiler(source, container: container, zones: zones)
        program = try compiler.program(tree)
    }

    /// The text that was parsed.
    public var source: String { program.source }

    /// The variables that the expression reads, in the order of the text, with the fields that it selects from them;
    /// the variables that macros bind and the names of types are not among them.
    public var references: [Reference] { program.references }

    /// The functions that the expression calls, in the order of the text; macros are not among them.
    public var calls: [CallSite] { program.calls }

    /// The kind of the value where the text alone tells, else nil.
    public var resultKind: Kind? { program.resultKind }

    /// The value in a scope. The same scope gives the same value: there is no clock, no randomness and no I/O
    /// but what a resolver of time zones does.
    ///
    /// - Parameter costMax: steps that the evaluation may take; 64 bytes copied or compared, and an element copied,
    ///   count as a step.
    /// - Throws: `EvaluationError` with a code and the place.
    public func evaluate(_ scope: Scope, costMax: Int = 100_000) throws(EvaluationError) -> Value {
        var context = Evaluation(scope, costMax: costMax, program: program)
        do throws(Failure) {
            let value = try program.root.evaluate(&context)
            if program.makesValues { try context.weigh(value) }
            return value
        } catch {
            throw EvaluationError(error, in: program.source)
        }
    }
}

extension Expression: Hashable {
    public static func == (left: Expression, right: Expression) -> Bool {
        left.program === right.program
            || (left.source.hasSameBytes(as: right.source) && left.program.container == right.program.container)
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(source) }
}

extension Expression: CustomStringConvertible {
    public var description: String { source }
}

/// A variable that an expression reads.
public struct Reference: Sendable, Hashable {
    /// The variable and the fields selected from it, as far as the text tells: `input.items[0].id` gives `input`,
    /// `items`.
    public let path: [String]
    /// True inside of `has(…)`, which asks for the last field without reading it.
    public let isTest: Bool
    /// Where the variable stands in the source.
    public let place: SourcePlace

    /// The variable.
    public var root: String { path[0] }
}

/// A call of a function in an expression.
public struct CallSite: Sendable, Hashable {
    /// Without the receiver: `a.f()` is a call of `f`.
    public let name: String
    /// How many arguments, the receiver not counted.
    public let arguments: Int
    /// Whether it is called on a receiver: `a.f()`.
    public let isMethod: Bool
    /// Where the name stands in the source.
    public let place: SourcePlace
    /// The time zone that it asks for by a literal name (`getHours('Europe/Berlin')`), nil for an offset and for none.
    public let namedZone: String?

    /// Whether the standard library has it.
    public var isKnown: Bool { StandardLibrary.contains(name, arguments: arguments, method: isMethod) }
}

/// A compiled expression.
final class Program: Sendable {
    let source: String
    let container: String
    let root: any Node
    let references: [Reference]
    let calls: [CallSite]
    let resultKind: Kind?
    /// How many variables macros bind at the same time.
    let slots: Int
    let zones: ZoneResolver?
    /// Whether it makes lists or maps, so that its value can be larger than what went in.
    let makesValues: Bool

    init(_ compiler: Compiler, root: any Node, kind: Kind?) {
        source = compiler.source
        container = compiler.container
        self.root = root
        references = compiler.references
        calls = compiler.calls
        resultKind = kind
        slots = compiler.slots
        zones = compiler.zones
        makesValues = compiler.makesValues
    }
}
