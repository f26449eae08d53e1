/// Finds the name that was probably meant.
public enum Spelling {
    /// The nearest of `names` by edit distance, when it is near enough to be a slip; the first in their order wins a tie.
    public static func nearest(to name: String, among names: some Sequence<String>) -> String? {
        let wanted = Array(name.lowercased().unicodeScalars.prefix(64))
        guard !wanted.isEmpty else { return nil }
        // A third of the letters may be wrong: `Payng` finds `Paying`, `x` finds nothing.
        let limit = max(1, wanted.count / 3)
        var best: (name: String, distance: Int)?
        for candidate in names where candidate != name {
            let letters = Array(candidate.lowercased().unicodeScalars.prefix(64))
            guard abs(letters.count - wanted.count) <= limit else { continue }
            let distance = distance(wanted, letters)
            if distance <= min(limit, max(wanted.count, letters.count) - 1), distance < best?.distance ?? .max {
                best = (candidate, distance)
            }
        }
        return best?.name
    }

    /// `; did you mean 'Paying'?`, or nothing.
    public static func hint(for name: String, among names: some Sequence<String>) -> String {
        nearest(to: name, among: names).map { "; did you mean '\($0)'?" } ?? ""
    }

    /// The same of a key; where none is near, all that there are, if they are few: `; known: 'to', 'when'`.
    public static func keyHint(for name: String, among keys: [String]) -> String {
        let hint = hint(for: name, among: keys)
        guard hint.isEmpty, !keys.isEmpty, keys.count < 10 else { return hint }
        return "; known: " + keys.map { "'\($0)'" }.joined(separator: ", ")
    }

    /// Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours count one.
    private static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
        var before: [Int] = []
        var above = Array(0...right.count)
        for i in left.indices {
            var row = [i + 1]
            for j in right.indices {
                var cost = min(above[j + 1] + 1, row[j] + 1, above[j] + (left[i] == right[j] ? 0 : 1))
                if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
                    cost = min(cost, before[j - 1] + 1)
                }
                row.append(cost)
            }
            before = above
            above = row
        }
        return above[right.count]
    }
}
