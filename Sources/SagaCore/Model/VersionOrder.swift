/// The order of versions: as people count, so that `10` comes after `9` and `1.10` after `1.9`.
///
/// Digits that stand together are compared as a number, all else byte by byte; what is the same then (`1` and `01`) by its text.
public struct VersionOrder: Sendable, Hashable, Comparable {
    private let version: String

    /// The place of a version among the others of its workflow.
    public init(_ version: String) {
        self.version = version
    }

    public static func < (left: VersionOrder, right: VersionOrder) -> Bool {
        let order = compare(Array(left.version.utf8)[...], Array(right.version.utf8)[...])
        return order == 0 ? left.version < right.version : order < 0
    }

    private static func compare(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) -> Int {
        var (left, right) = (left, right)
        while let one = left.first, let other = right.first {
            if isDigit(one), isDigit(other) {
                let (mine, its) = (number(&left), number(&right))
                if mine.count != its.count { return mine.count < its.count ? -1 : 1 }
                if mine != its { return mine.lexicographicallyPrecedes(its) ? -1 : 1 }
            } else if one != other {
                return one < other ? -1 : 1
            } else {
                left = left.dropFirst()
                right = right.dropFirst()
            }
        }
        return left.isEmpty ? (right.isEmpty ? 0 : -1) : 1
    }

    /// Takes the digits at the front, without leading zeros: of two numbers the one with more of them is greater.
    private static func number(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let digits = rest.prefix(while: isDigit)
        rest = rest.dropFirst(digits.count)
        return digits.drop { $0 == UInt8(ascii: "0") }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
