public import CEL

/// By what a saga is found: an attribute's value, its business key, or that it wants a person. Written in the commit
/// that changes it.
public struct Tag: Sendable, Hashable {
    /// What a saga is found by; part of the hash.
    public var kind: Kind
    /// Of the attribute, or the workflow whose business key it is; empty where the kind says all.
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
        /// Of a view's key, in the view's own rows.
        case view = 2
        case key = 3
        case leftover = 4
        case alarm = 5
    }

    /// It was terminated and may have left something in the outside world (rule 22).
    public static let leftover = Tag(kind: .leftover, name: "", value: "")
    /// A late answer contradicts what it knows; also when it ended long ago.
    public static let alarm = Tag(kind: .alarm, name: "", value: "")

    /// A stable hash; a store keeps the tag under some of its bits.
    public var hash: UInt64 {
        var bytes: [UInt8] = [kind.rawValue]
        bytes += name.utf8
        bytes.append(0)
        bytes += value.utf8
        return Hash.of(bytes)
    }
}

extension Saga {
    /// The saga's tags now. An attribute whose expression fails gives none: nothing could be found by it.
    public func tags(in workflow: Workflow) -> [Tag] {
        var tags: [Tag] = []
        // A saga that is its own key is found by its id.
        if key != id.description { tags.append(Tag(kind: .key, name: workflow.name, value: key)) }
        if hasLeftover { tags.append(.leftover) }
        if !alarms.isEmpty { tags.append(.alarm) }
        guard !workflow.attributes.isEmpty else { return tags }
        let scope = scope(at: updatedAt)
        for attribute in workflow.attributes {
            guard let value = try? attribute.value.value(in: scope) else { continue }
            tags.append(Tag(kind: .attribute, name: attribute.name, value: Template.text(of: value)))
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
}

extension Workflow {
    /// Whether a saga's tags can change after its start: they do only when an attribute refers to what changes.
    public var tagsMayChange: Bool {
        let formulas = attributes.flatMap(\.value.formulas)
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
