/// What will, or can, go wrong in an expression by the types of its values.
package struct TypeFault: Sendable, Hashable {
    /// What is wrong.
    package var kind: Kind
    /// Where it is evaluated it fails; otherwise only in some sagas.
    package var isCertain: Bool
    /// In bytes of the source.
    package var offset: Int

    /// The kinds of faults. An owner is told as the expression has it, and is empty where it has no name.
    package enum Kind: Sendable, Hashable {
        /// A map that is known whole has no such member.
        case noMember(of: String, name: String, known: [String])
        /// What is no map has no members.
        case memberless(of: String, kinds: ValueType.Kinds, name: String)
        /// A member is not there, or may not be; `path` begins with the variable.
        case missing(path: [String], text: String)
        /// It may be `null` where that fails.
        case null(path: [String], text: String)
        /// An operator or function does not take what it is given.
        case operands(String)
        /// Two values that are never equal are compared.
        case neverEqual(String)
        /// A text has a form that cannot be read as what is wanted.
        case form(text: String, form: ValueType.Form, wanted: String)
    }
}

/// What the types of an expression come to.
package struct TypeReport: Sendable {
    package var type: ValueType
    /// In the order of the source.
    package var faults: [TypeFault]
    /// What is known where the value is `true`; `nil`: it never is.
    package var whenTrue: TypeFacts?
    /// What is known where the value is `false`.
    package var whenFalse: TypeFacts?
    /// The path, where the expression is nothing else.
    package var path: [String]?
    /// Steps that it took.
    package var work: Int
}

/// The tree of an expression, for judging its types; cheap to make, and not kept with the expression, which is evaluated without it.
package struct ExpressionTree {
    private let root: Syntax

    /// The tree of an expression; never `nil` for one that was parsed already.
    package init?(_ expression: Expression) {
        do throws(ParseError) {
            var parser = try Parser(expression.source)
            root = try parser.parse()
        } catch {
            return nil
        }
    }

    /// Infers the types. A variable that `names` does not have is of any type.
    package func types(in names: [String: ValueType], knowing facts: TypeFacts = TypeFacts()) -> TypeReport {
        var inference = TypeInference(names, facts)
        let type = inference.type(of: root)
        return TypeReport(
            type: type, faults: inference.faults.sorted { $0.offset < $1.offset },
            whenTrue: inference.facts(of: root, being: true), whenFalse: inference.facts(of: root, being: false),
            path: inference.path(of: root), work: inference.work)
    }
}
