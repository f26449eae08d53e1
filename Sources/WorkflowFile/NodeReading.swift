import CEL
package import SagaCore

/// Reads the nodes of a configuration and keeps every fault that it meets: what the files of the programs have in common.
package protocol NodeReading {
    /// In the order in which they were met.
    var faults: [StrictYAML.Fault] { get set }
}

extension NodeReading {
    /// Keeps what is wrong at a place.
    package mutating func fault(_ place: Place, _ text: String) {
        faults.append(StrictYAML.Fault(place: place, text: text))
    }

    /// The members of a map; `keys` nil takes any.
    package mutating func entries(_ node: YAMLNode, _ what: String, _ keys: [String]?) -> [YAMLNode.Entry] {
        guard let entries = node.entries else {
            fault(node.place, "\(what) must be a map, is \(node.article)")
            return []
        }
        guard let keys else { return entries }
        for entry in entries where !keys.contains(entry.key) {
            fault(
                entry.keyPlace, "unknown key '\(entry.key)' in \(what)\(Spelling.keyHint(for: entry.key, among: keys))")
        }
        return entries
    }

    /// `nil`, with a fault, for what is no text or an empty one.
    package mutating func text(_ node: YAMLNode, _ name: String) -> String? {
        if case .string(let text) = node.value, !text.isEmpty { return text }
        fault(node.place, "'\(name)' must be a text, is \(node.article)")
        return nil
    }

    /// `nil`, with a fault, for what is neither `true` nor `false`.
    package mutating func flag(_ node: YAMLNode, _ name: String) -> Bool? {
        if case .bool(let flag) = node.value { return flag }
        fault(node.place, "'\(name)' must be true or false\(node.withoutQuotes { $0.boolValue != nil })")
        return nil
    }

    /// `nil`, with a fault, for what is no whole number of the range.
    package mutating func number(_ node: YAMLNode, _ name: String, _ range: ClosedRange<Int>) -> Int? {
        if case .int(let number) = node.value, range.contains(Int(number)) { return Int(number) }
        fault(
            node.place,
            "'\(name)' must be a whole number from \(range.lowerBound) to \(range.upperBound)\(node.withoutQuotes { $0.intValue != nil })"
        )
        return nil
    }

    /// Milliseconds, above 0.
    package mutating func duration(_ node: YAMLNode, _ name: String) -> Int64? {
        if let text = node.scalar?.text, let duration = DurationText.milliseconds(text), duration > 0 {
            return duration
        }
        fault(node.place, "'\(name)' must be a duration such as 30s, 500ms or 1h30m")
        return nil
    }

    /// `1MiB`, `64KiB`, `2GiB` or a number of bytes.
    package mutating func bytes(_ node: YAMLNode, _ name: String, _ range: ClosedRange<Int>) -> Int? {
        let text = node.scalar?.text ?? ""
        let units = [("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30)]
        let unit = units.first { text.hasSuffix($0.0) }
        let digits = unit.map { text.dropLast($0.0.count) } ?? text[...]
        if let number = Int(digits), number > 0 {
            let (bytes, isOver) = number.multipliedReportingOverflow(by: unit?.1 ?? 1)
            if !isOver, range.contains(bytes) { return bytes }
        }
        let (least, most) = (sizeText(range.lowerBound), sizeText(range.upperBound))
        fault(node.place, "'\(name)' must be a size from \(least) to \(most), such as 1MiB")
        return nil
    }

    private func sizeText(_ bytes: Int) -> String {
        if bytes >= 1 << 30 { return "\(bytes >> 30)GiB" }
        return bytes >= 1 << 20 ? "\(bytes >> 20)MiB" : "\(bytes >> 10)KiB"
    }
}
