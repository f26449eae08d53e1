public import CEL

/// By what a saga is found: an attribute's value, a view's key, its business key, or that it wants a person. Written in the commit
/// that changes it.
public struct Tag: Sendable, Hashable {
    /// What a saga is found by; part of the hash.
    public var kind: Kind
    /// Of the attribute, the view, or the workflow whose business key it is; empty where the kind says all.
    public var name: String
    /// As text: strings as they are, all else as JSON.
    public var value: String

    /// A tag; equal ones have equal hashes on every machine.
    public init(kind: Kind, name: String, value: String) {
        self.kind = kind
        self.name = name
        self.value = value
    }

    /// What a tag comes from. The numbers are part of stored hashes and never change.
    public enum Kind: UInt8, Sendable, Hashable {
        case attribute = 1
        case view = 2
        case key = 3
        case leftover = 4
        case alarm = 5
    }

    /// It was terminated and may have left something in the outside world (rule 22).
    public static let leftover = Tag(kind: .leftover, name: "", value: "")
    /// A late answer contradicts what it knows; also when it ended long ago.
    public static let alarm = Tag(kind: .alarm, name: "", value: "")

    /// A stable 64-bit hash under which the store keeps it.
    public var hash: UInt64 {
        var bytes: [UInt8] = [kind.rawValue]
        bytes += name.utf8
        bytes.append(0)
        bytes += value.utf8
        return Hash.of(bytes)
    }
}

extension Saga {
    /// The saga's tags now. A key or attribute whose expression fails gives none: nothing could be found by it.
    public func tags(in workflow: Workflow) -> [Tag] {
        var tags: [Tag] = []
        // A saga that is its own key is found by its id.
        if key != id.description { tags.append(Tag(kind: .key, name: workflow.name, value: key)) }
        if hasLeftover { tags.append(.leftover) }
        if !alarms.isEmpty { tags.append(.alarm) }
        guard !workflow.attributes.isEmpty || !workflow.views.isEmpty else { return tags }
        let scope = scope(at: updatedAt)
        for attribute in workflow.attributes {
            guard let value = try? attribute.value.value(in: scope) else { continue }
            tags.append(Tag(kind: .attribute, name: attribute.name, value: Template.text(of: value)))
        }
        for view in workflow.views {
            guard let value = try? view.key.value(in: scope) else { continue }
            tags.append(Tag(kind: .view, name: view.name, value: Template.text(of: value)))
        }
        return tags
    }

    private var hasLeftover: Bool { end == .terminated && steps.contains(where: \.isOutstanding) }

    /// Whether it is found by what befell it, whatever its workflow's attributes refer to.
    public var isTaggedByFate: Bool { hasLeftover || !alarms.isEmpty }

    /// The attributes as they read now.
    public func attributes(in workflow: Workflow) -> MapValue {
        let scope = scope(at: updatedAt)
        return MapValue(
            workflow.attributes.compactMap { attribute in
                (try? attribute.value.value(in: scope)).map { (attribute.name, $0) }
            })
    }

    /// The saga's row in a view, also when its expressions fail: a value that fails is `{"failed": "why"}` in its place, and the key
    /// says why as a text, under which nothing is found.
    public func row(of view: View) -> (key: String, row: Value) {
        let scope = scope(at: updatedAt)
        let row = view.row.partial(in: scope)
        do throws(FormulaError) {
            return (Template.text(of: try view.key.value(in: scope)), row)
        } catch {
            return ("failed: \(error.brief)", row)
        }
    }
}

extension Template {
    /// The value, with `{"failed": "why"}` for each part that fails.
    fileprivate func partial(in scope: Scope) -> Value {
        switch self {
        case .literal(let value): return value
        case .list(let items): return .list(items.map { $0.partial(in: scope) })
        case .map(let members): return .map(MapValue(members.map { ($0.name, $0.value.partial(in: scope)) }))
        case .formula, .text:
            do throws(FormulaError) {
                return try value(in: scope)
            } catch {
                return .map(MapValue([("failed", .string(error.brief))]))
            }
        }
    }
}

extension FormulaError {
    /// For a cell: the reason first, and no more of a long expression than shows which one it is.
    fileprivate var brief: String {
        let source = expression.count > 80 ? expression.prefix(80) + "…" : expression[...]
        return "\(message) in '\(source)' (\(place))"
    }
}

extension Workflow {
    /// Whether a saga's tags can change after its start: they do only when a key or an attribute refers to what changes.
    public var tagsMayChange: Bool {
        let formulas = attributes.flatMap(\.value.formulas) + views.flatMap(\.key.formulas)
        let changing: Set<String> = ["state", "status"]
        return formulas.contains { formula in
            formula.expression.references.contains { reference in
                switch reference.path.first {
                case "vars", "now": true
                case "saga": reference.path.count < 2 || changing.contains(reference.path[1])
                default: false
                }
            }
        }
    }
}
