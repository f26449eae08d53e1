/// What is known of a value before anything runs: the kinds that it can have, and what is inside of it. A class, so that whoever
/// recurses over expressions has small stack frames.
package final class ValueType: Sendable {
    /// The kinds that it can have; all of them when nothing is known.
    package let kinds: Kinds
    /// What it has as a map; `nil`: nothing is known of that.
    package let members: Members?
    /// What its elements are as a list; `nil`: nothing is known of that.
    package let items: ValueType?
    /// The only texts that it can be as a string; `nil`: any.
    package let texts: Set<String>?
    /// The form of its text as a string; `nil`: any.
    package let form: Form?
    /// `null` is a value that it really can have, also where nothing else is known of it.
    package let isNullKnown: Bool
    private let depth: Int
    private let weight: Int

    /// Deeper or larger knowledge is given up: a loop that nests a value in itself must come to an end.
    private static let depthMax = 12
    private static let weightMax = 4_096
    private static let textsMax = 64

    /// What can be of these kinds, with what is known of its inside where it is a map, a list or a string.
    package init(
        _ kinds: Kinds, members: Members? = nil, items: ValueType? = nil, texts: Set<String>? = nil, form: Form? = nil,
        isNullKnown: Bool = false
    ) {
        var (members, items) = (members, items)
        var (depth, weight) = (1, 1)
        for child in (members?.byName.values.map(\.type) ?? []) + (items.map { [$0] } ?? []) {
            depth = max(depth, child.depth + 1)
            weight += child.weight
        }
        if depth > Self.depthMax || weight > Self.weightMax { (members, items, depth, weight) = (nil, nil, 1, 1) }
        self.kinds = kinds
        self.members = members
        self.items = items
        self.texts = texts.flatMap { $0.count > Self.textsMax ? nil : $0 }
        self.form = form
        self.isNullKnown = isNullKnown || (kinds != .all && kinds.contains(.null))
        self.depth = depth
        self.weight = weight
    }

    /// Nothing is known.
    package static let any = ValueType(.all)

    /// Of one kind, with nothing known of what is inside.
    package static func of(_ kind: Kind) -> ValueType { ValueType(Kinds(kind)) }

    /// What a value is, taken as an example of itself.
    package convenience init(of value: Value) {
        switch value {
        case .string(let text): self.init(.string, texts: [text])
        case .list(let items): self.init(.list, items: items.isEmpty ? nil : .union(items.map { ValueType(of: $0) }))
        case .map(let map):
            var members = Members()
            for entry in map.entries {
                if let name = entry.key.stringValue { members.byName[name] = Member(ValueType(of: entry.value)) }
            }
            self.init(.map, members: members)
        default: self.init(Kinds(value.kind))
        }
    }

    /// Whether nothing is known of its kind.
    package var isAny: Bool { kinds == .all }

    /// What a value may be, without regard to its parts.
    package struct Kinds: OptionSet, Sendable, Hashable {
        /// A bit for each kind, in the order of ``Kind``.
        package let rawValue: UInt16

        /// The set of these bits.
        package init(rawValue: UInt16) { self.rawValue = rawValue }

        /// One kind alone.
        package init(_ kind: Kind) { rawValue = 1 << UInt16(Kind.allCases.firstIndex(of: kind) ?? 0) }

        /// Every kind.
        package static let all = Kinds(rawValue: 1 << UInt16(Kind.allCases.count) - 1)
        /// `null` alone.
        package static let null = Kinds(Kind.null)
        /// `bool` alone.
        package static let bool = Kinds(Kind.bool)
        /// `int` alone.
        package static let int = Kinds(Kind.int)
        /// `uint` alone.
        package static let uint = Kinds(Kind.uint)
        /// `double` alone.
        package static let double = Kinds(Kind.double)
        /// `string` alone.
        package static let string = Kinds(Kind.string)
        /// `bytes` alone.
        package static let bytes = Kinds(Kind.bytes)
        /// `list` alone.
        package static let list = Kinds(Kind.list)
        /// `map` alone.
        package static let map = Kinds(Kind.map)
        /// `timestamp` alone.
        package static let timestamp = Kinds(Kind.timestamp)
        /// `duration` alone.
        package static let duration = Kinds(Kind.duration)
        /// `type` alone.
        package static let type = Kinds(Kind.type)
        /// What is compared across its types.
        package static let number: Kinds = [.int, .uint, .double]

        /// In the order of ``Kind``.
        package var list: [Kind] { Kind.allCases.filter { contains(Kinds($0)) } }
    }

    /// The members of a map by name.
    package struct Members: Sendable, Hashable {
        /// Those that are known.
        package var byName: [String: Member] = [:]
        /// Whether it may have others, of which nothing is known.
        package var isOpen = false

        /// No members, and none that are not known.
        package init() {}
    }

    /// A member of a map.
    package struct Member: Sendable, Hashable {
        /// Of its value, where it is there.
        package var type: ValueType
        /// Whether it is there.
        package var presence: Presence

        /// A member that is there, unless told otherwise.
        package init(_ type: ValueType, _ presence: Presence = .always) {
            self.type = type
            self.presence = presence
        }
    }

    /// Whether a member is there.
    package enum Presence: Sendable, Hashable {
        case always, maybe, never

        /// Of one of two.
        package func or(_ other: Presence) -> Presence { self == other ? self : .maybe }
    }

    /// The form of a text, as far as it matters for conversions.
    package enum Form: Sendable, Hashable {
        case date, time, dateTime, duration
    }
}

extension ValueType: Hashable {
    package static func == (left: ValueType, right: ValueType) -> Bool {
        left === right
            || (left.kinds == right.kinds && left.weight == right.weight && left.isNullKnown == right.isNullKnown
                && left.form == right.form && left.texts == right.texts && left.items == right.items
                && left.members == right.members)
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(kinds)
        hasher.combine(weight)
    }
}
