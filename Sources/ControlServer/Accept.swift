/// What a client would have, as its `Accept` says (RFC 9110, section 12.5.1).
struct Accept {
    /// A kind of answer that there is.
    struct Offer: Sendable {
        /// `type/subtype`.
        var type: String
        /// A range that names another `version` does not mean it.
        var version: String?
    }

    private struct Range {
        var type: String
        var version: String?
        /// In thousandths.
        var quality: Int
    }

    private var ranges: [Range] = []
    /// More than any client sends.
    private static let rangesMax = 64

    /// - Parameter field: `nil` when there is none: everything is welcome.
    init(_ field: String?) {
        for text in (field ?? "*/*").split(separator: ",").prefix(Self.rangesMax) {
            let parts = text.split(separator: ";").map { $0.trimmed }
            guard let type = parts.first?.lowercased() else { continue }
            var range = Range(type: type, version: nil, quality: 1_000)
            for part in parts.dropFirst() {
                let sides = part.split(separator: "=", maxSplits: 1).map { $0.trimmed }
                guard sides.count == 2 else { continue }
                switch sides[0].lowercased() {
                case "q": range.quality = Double(sides[1]).map { Int(min(max($0, 0), 1) * 1_000) } ?? 0
                case "version": range.version = sides[1].filter { $0 != "\"" }
                default: break
                }
            }
            ranges.append(range)
        }
    }

    /// The place of the offer that is liked best, of two that are liked alike the first; the first also when none is liked: an answer in
    /// another form is of more use than none.
    func best(of offers: [Offer]) -> Int {
        var best = (place: 0, quality: 0)
        for (place, offer) in offers.enumerated() {
            let quality = quality(of: offer)
            if quality > best.quality { best = (place, quality) }
        }
        return best.place
    }

    private func quality(of offer: Offer) -> Int {
        let wide = offer.type.prefix { $0 != "/" } + "/*"
        let fitting = ranges.compactMap { range -> (nearness: Int, quality: Int)? in
            switch range.type {
            case offer.type where range.version == nil: (2, range.quality)
            case offer.type where range.version == offer.version: (3, range.quality)
            case String(wide): (1, range.quality)
            case "*/*": (0, range.quality)
            default: nil
            }
        }
        return fitting.max { $0.nearness < $1.nearness }?.quality ?? 0
    }
}

extension Substring {
    fileprivate var trimmed: String {
        let blanks: Set<Character> = [" ", "\t"]
        return String(drop { blanks.contains($0) }.reversed().drop { blanks.contains($0) }.reversed())
    }
}
