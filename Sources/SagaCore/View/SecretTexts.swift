/// Secret texts, to be found inside others: by their bytes, in other compositions of the same characters, and where JSON escapes them.
struct SecretTexts: Sendable {
    private let bytes: PatternAutomaton<UInt8>
    /// For secrets that are not ASCII, as only those have other compositions.
    private let characters: CharacterPatterns?

    /// How often an escaped text may have been escaped again: JSON in a text of JSON in a text.
    private static let escapesMax = 3

    /// How many symbols they have, about.
    var size: Int { bytes.size + (characters?.size ?? 0) }

    init?(_ texts: [String]) {
        guard !texts.isEmpty else { return nil }
        bytes = PatternAutomaton(texts.map { Array($0.utf8) })
        characters = CharacterPatterns(texts)
    }

    /// The text with ``Masker/mask`` for each place with a secret; secrets that overlap are one place.
    func masked(in text: String, work: inout Int) -> String {
        var places = self.places(in: text, work: &work)
        if var view = UnescapedText(text) {
            for _ in 1...Self.escapesMax {
                places = Self.merged(places, self.places(in: view.text, work: &work).map(view.place))
                guard let next = view.unescaped else { break }
                view = next
            }
        }
        guard !places.isEmpty else { return text }
        var text = text
        let masked = text.withUTF8 { bytes in
            var masked: [UInt8] = []
            var at = 0
            for place in places {
                masked += bytes[at..<place.lowerBound]
                masked += Masker.mask.utf8
                at = place.upperBound
            }
            return masked + bytes[at...]
        }
        return String(decoding: masked, as: UTF8.self)
    }

    private func places(in text: String, work: inout Int) -> [Range<Int>] {
        var text = text
        let found = text.withUTF8 { bytes.places(in: $0, work: &work) }
        guard let characters else { return found }
        return Self.merged(found, characters.places(in: text, work: &work))
    }

    /// Both, each in order and without overlaps, as one such list.
    private static func merged(_ one: [Range<Int>], _ other: [Range<Int>]) -> [Range<Int>] {
        if one.isEmpty { return other }
        if other.isEmpty { return one }
        var merged: [Range<Int>] = []
        var (left, right) = (one[...], other[...])
        while let next = left.first?.lowerBound ?? .max < right.first?.lowerBound ?? .max
            ? left.popFirst() : right.popFirst()
        {
            if let last = merged.last, last.upperBound > next.lowerBound {
                merged[merged.count - 1] = last.lowerBound..<max(last.upperBound, next.upperBound)
            } else {
                merged.append(next)
            }
        }
        return merged
    }
}

/// Secrets as characters, which are equal in each composition that Unicode has for them.
private struct CharacterPatterns: Sendable {
    private let numbers: [Character: UInt32]
    private let automaton: PatternAutomaton<UInt32>

    /// A longer character, one letter under a heap of accents, is nobody's secret and is found by its bytes: comparing such takes
    /// more than time in proportion.
    private static let characterBytesMax = 64

    var size: Int { automaton.size + numbers.count }

    /// `nil` when all are ASCII.
    init?(_ texts: [String]) {
        var numbers: [Character: UInt32] = [:]
        var patterns: [[UInt32]] = []
        for text in texts where text.utf8.contains(where: { $0 >= 0x80 }) {
            guard text.allSatisfy({ $0.utf8.count <= Self.characterBytesMax }) else { continue }
            patterns.append(
                text.map { character in
                    // 0 is what no secret has.
                    let number = numbers[character] ?? UInt32(numbers.count + 1)
                    numbers[character] = number
                    return number
                })
        }
        guard !patterns.isEmpty else { return nil }
        self.numbers = numbers
        automaton = PatternAutomaton(patterns)
    }

    /// Where they stand, in bytes.
    func places(in text: String, work: inout Int) -> [Range<Int>] {
        var symbols: [UInt32] = []
        var starts: [Int] = []
        var at = 0
        for character in text {
            let count = character.utf8.count
            symbols.append(count <= Self.characterBytesMax ? numbers[character] ?? 0 : 0)
            starts.append(at)
            at += count
        }
        starts.append(at)
        return automaton.places(in: symbols, work: &work).map { starts[$0.lowerBound]..<starts[$0.upperBound] }
    }
}
