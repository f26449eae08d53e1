/// Columns of a terminal. Terminals differ where Unicode leaves it to them; this is what most of today's do.
extension String {
    /// How many columns the text takes.
    var columns: Int {
        if utf8.allSatisfy({ $0 < 0x80 }) { return utf8.count }
        return reduce(0) { $0 + $1.columns }
    }

    /// The first characters, with a mark where some are left out; no more than so many columns.
    func cut(to width: Int) -> String {
        guard columns > width else { return self }
        guard width > 0 else { return "" }
        var kept = ""
        var taken = 1
        for character in self {
            taken += character.columns
            guard taken <= width else { break }
            kept.append(character)
        }
        return kept + "…"
    }

    /// The text and blanks up to so many columns.
    func padded(to width: Int) -> String { self + String(repeating: " ", count: max(width - columns, 0)) }
}

extension Character {
    /// Of what is shown as one picture two, else those of its scalars: a syllable of Devanagari can take several.
    fileprivate var columns: Int {
        guard let first = unicodeScalars.first else { return 0 }
        let rest = unicodeScalars.dropFirst()
        if rest.isEmpty { return first.columns }
        // Two regional indicators are a flag.
        if first.isRegionalIndicator { return 2 }
        // The three things that make a picture of what may be a letter or several of them: U+FE0F, a joiner, and a colour of skin.
        if first.properties.isEmoji, rest.contains(where: { $0.value == 0xFE0F || $0.value == 0x200D || $0.isSkin }) {
            return 2
        }
        return unicodeScalars.reduce(0) { $0 + $1.columns }
    }
}

extension Unicode.Scalar {
    fileprivate var columns: Int {
        switch properties.generalCategory {
        case .nonspacingMark, .enclosingMark: return 0
        default: break
        }
        if WideScalars.contain(self) { return 2 }
        switch value {
        // The soft hyphen is shown.
        case 0xAD: return 1
        // Vowels and finals of Hangul stand within the square of the consonant before them.
        case 0x1160...0x11FF, 0xD7B0...0xD7FF: return 0
        default: return properties.isDefaultIgnorableCodePoint ? 0 : 1
        }
    }

    fileprivate var isRegionalIndicator: Bool { (0x1F1E6...0x1F1FF).contains(value) }

    fileprivate var isSkin: Bool { properties.isEmojiModifier }
}
