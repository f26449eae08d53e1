/// Names and values, one pair a line, the values below each other.
struct Facts {
    private var pairs: [(name: String, value: String, paint: Paint)] = []

    /// Adds a line; nothing for `nil`.
    mutating func add(_ name: String, _ value: String?, _ paint: Paint = .plain) {
        guard let value else { return }
        pairs.append((name, value.printable, paint))
    }

    func text(coloured: Bool) -> String {
        let width = pairs.map(\.name.columns).max() ?? 0
        return pairs.map { pair in
            let gap = String(repeating: " ", count: width - pair.name.columns + 2)
            return Paint.bold.applied(to: pair.name, if: coloured) + gap
                + pair.paint.applied(to: pair.value, if: coloured) + "\n"
        }.joined()
    }
}
