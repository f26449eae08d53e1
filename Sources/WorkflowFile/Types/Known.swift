import CEL

/// What is known of a saga's variables at some point of its way, whichever way it took.
struct Known: Equatable {
    /// Every variable that some `set` names.
    private var vars: [String: ValueType.Member]
    /// What the conditions on the way have shown of `input` and `vars`.
    private(set) var facts = TypeFacts()
    /// Nothing is known of the way.
    private var isUnknown = false

    /// At the start: nothing is set.
    init(start names: some Sequence<String>) {
        vars = Dictionary(names.map { ($0, .init(.any, .never)) }, uniquingKeysWith: { first, _ in first })
    }

    /// Where nobody can tell.
    static let unknown: Known = {
        var known = Known(start: [])
        known.isUnknown = true
        return known
    }()

    /// How much work it is to look at all of it.
    var count: Int { vars.count + 1 }

    /// What `vars` is in expressions.
    var type: ValueType {
        if isUnknown { return .any }
        var members = ValueType.Members()
        // What no `set` names is told by that alone.
        members.isOpen = true
        members.byName = vars
        return ValueType(.map, members: members)
    }

    /// On one way or on the other.
    func or(_ other: Known) -> Known {
        if isUnknown || other.isUnknown { return .unknown }
        var either = self
        either.facts = facts.or(other.facts)
        for (name, its) in other.vars {
            guard let mine = vars[name] else { continue }
            let type = mine.presence == .never ? its.type : its.presence == .never ? mine.type : mine.type.or(its.type)
            either.vars[name] = .init(type, mine.presence.or(its.presence))
        }
        return either
    }

    /// After a `set`: what is kept is JSON.
    func setting(_ values: [(name: String, type: ValueType)]) -> Known {
        var after = self
        for (name, type) in values {
            after.vars[name] = .init(type.kept)
            after.facts = after.facts.filtered { !$0.starts(with: ["vars", name]) }
        }
        return after
    }

    /// Behind a condition that has shown something.
    func knowing(_ shown: TypeFacts?) -> Known {
        guard let shown else { return self }
        var after = self
        after.facts = facts.and(shown.filtered { $0.first == "vars" || $0.first == "input" })
        for (name, variable) in vars where variable.presence == .maybe && shown.shows(["vars", name]) {
            after.vars[name]?.presence = .always
        }
        return after
    }
}
