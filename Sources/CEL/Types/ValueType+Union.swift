extension ValueType {
    /// What is one of these; without any, anything.
    package static func union(_ types: [ValueType]) -> ValueType {
        guard var union = types.first else { return .any }
        for type in types.dropFirst() { union = union.or(type) }
        return union
    }

    /// Whatever a value of either may be; `any` where that cannot be said shorter.
    package func or(_ other: ValueType) -> ValueType {
        if self === other { return self }
        let isNullKnown = isNullKnown || other.isNullKnown
        if isAny || other.isAny { return isNullKnown ? ValueType(.all, isNullKnown: true) : .any }
        return ValueType(
            kinds.union(other.kinds), members: either(other, .map, \.members) { $0.or($1) },
            items: either(other, .list, \.items) { $0.or($1) },
            texts: either(other, .string, \.texts) { $0.union($1) },
            form: either(other, .string, \.form) { $0 == $1 ? $0 : nil }, isNullKnown: isNullKnown)
    }

    /// What both know of one kind: where only one can be of that kind, what that one knows.
    private func either<T>(
        _ other: ValueType, _ kind: Kinds, _ part: (ValueType) -> T?, _ both: (T, T) -> T?
    ) -> T? {
        guard kinds.contains(kind) else { return part(other) }
        guard other.kinds.contains(kind) else { return part(self) }
        guard let mine = part(self), let other = part(other) else { return nil }
        return both(mine, other)
    }

    /// It or `null`.
    package var orNull: ValueType {
        ValueType(
            kinds.union(.null), members: members, items: items, texts: texts, form: form, isNullKnown: true)
    }

    /// It without `null`.
    package var withoutNull: ValueType {
        if isAny { return .any }
        return ValueType(kinds.subtracting(.null), members: members, items: items, texts: texts, form: form)
    }

    /// As it reads back when it was kept as JSON: a time is a text there, and `2.0` a whole number. What a text can be is
    /// forgotten: a saga may have come from another version.
    package var kept: ValueType {
        if isAny { return isNullKnown ? ValueType(.all, isNullKnown: true) : .any }
        var form = form
        var kinds = kinds
        let asTexts: [(Kinds, Form?)] = [
            (.timestamp, .dateTime), (.duration, .duration), (.bytes, nil), (.type, nil),
        ]
        for (kind, itsForm) in asTexts where kinds.contains(kind) {
            form = kinds.contains(.string) && form != itsForm ? nil : itsForm
            kinds = kinds.subtracting(kind).union(.string)
        }
        if kinds.contains(.double) || kinds.contains(.uint) { kinds.insert(.int) }
        var members = members
        for (name, member) in members?.byName ?? [:] { members?.byName[name]?.type = member.type.kept }
        return ValueType(kinds, members: members, items: items?.kept, form: form)
    }
}

extension ValueType.Members {
    /// What one of two maps has.
    fileprivate func or(_ other: Self) -> Self {
        var union = Self()
        union.isOpen = isOpen || other.isOpen
        for name in Set(byName.keys).union(other.byName.keys) {
            switch (byName[name], other.byName[name]) {
            case (let mine?, let its?):
                union.byName[name] = .init(mine.type.or(its.type), mine.presence.or(its.presence))
            case (let mine?, nil):
                // The other may have a member of this name of which nothing is known.
                if !other.isOpen { union.byName[name] = .init(mine.type, mine.presence.or(.never)) }
            case (nil, let its?):
                if !isOpen { union.byName[name] = .init(its.type, its.presence.or(.never)) }
            case (nil, nil): break
            }
        }
        return union
    }
}
