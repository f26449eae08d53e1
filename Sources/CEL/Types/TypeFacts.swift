/// What a condition that held, or did not, has shown of the values that it reads. A path is a variable and the members selected
/// from it; `[]` stands for every element of a list.
package struct TypeFacts: Sendable, Hashable {
    private(set) var present: Set<[String]> = []
    private(set) var nonNull: Set<[String]> = []
    /// Their type was asked for: what a condition says of that is not followed.
    private(set) var free: Set<[String]> = []

    /// Nothing is known yet.
    package init() {}

    init(present path: [String]) { present = Self.prefixes(path) }

    init(nonNull path: [String]) {
        present = Self.prefixes(path)
        nonNull = [path]
    }

    init(free path: [String]) { free = [path] }

    /// Where a member is, what holds it is too.
    private static func prefixes(_ path: [String]) -> Set<[String]> {
        Set(path.indices.dropFirst().map { Array(path[...$0]) })
    }

    /// Whether a path was shown to be there.
    package func shows(_ path: [String]) -> Bool { present.contains(path) }

    func isNotNull(_ path: [String]) -> Bool { nonNull.contains(path) }

    func isFree(_ path: [String]) -> Bool { free.contains(path) }

    var count: Int { present.count + nonNull.count + free.count }

    /// Both hold.
    package func and(_ other: TypeFacts) -> TypeFacts {
        if other.count == 0 { return self }
        var both = self
        both.present.formUnion(other.present)
        both.nonNull.formUnion(other.nonNull)
        both.free.formUnion(other.free)
        return both
    }

    /// One of the two holds.
    package func or(_ other: TypeFacts) -> TypeFacts {
        var either = self
        either.present.formIntersection(other.present)
        either.nonNull.formIntersection(other.nonNull)
        either.free.formIntersection(other.free)
        return either
    }

    /// Those alone whose path fits.
    package func filtered(_ fits: ([String]) -> Bool) -> TypeFacts {
        var some = self
        some.present = present.filter(fits)
        some.nonNull = nonNull.filter(fits)
        some.free = free.filter(fits)
        return some
    }

    /// Where one of the two cannot be, the other holds.
    static func or(_ left: TypeFacts?, _ right: TypeFacts?) -> TypeFacts? {
        guard let left else { return right }
        guard let right else { return left }
        return left.or(right)
    }
}
