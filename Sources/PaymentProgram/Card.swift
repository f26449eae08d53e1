/// What is kept of a card number: the last four digits, of a short one none.
struct Card: Sendable, Equatable {
    /// `************1111`: twelve stars whatever the length, so that the length is not kept either. What is too short for a card, as demos
    /// have it, is all stars: four digits would be all of it.
    let masked: String

    /// Reads 12 to 19 digits (ISO/IEC 7812), or 3 to 11 that no card has; nil for anything else.
    init?(_ number: String) {
        guard (3...19).contains(number.utf8.count), number.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        masked = String(repeating: "*", count: 12) + (number.utf8.count < 12 ? "****" : number.suffix(4))
    }
}

/// How a card behaves; the numbers are those that payment services use for tests.
enum Behaviour: Sendable, Equatable {
    case charges
    /// `4000000000000002`
    case isDeclined
    /// `4000000000000119`
    case failsTwice
    /// `4000000000009995`
    case answersLate

    init(_ number: String) {
        switch number {
        case "4000000000000002": self = .isDeclined
        case "4000000000000119": self = .failsTwice
        case "4000000000009995": self = .answersLate
        default: self = .charges
        }
    }
}
