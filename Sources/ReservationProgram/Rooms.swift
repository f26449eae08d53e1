import ParticipantKit

/// Which rooms there are.
enum Rooms: Sendable, Equatable {
    /// Every name is a room.
    case any
    /// The rooms `1` to this number.
    case upTo(Int)
    case named(Set<String>)

    /// Reads `101,102,suite` or a number `N`.
    ///
    /// - Throws: ``OptionError``.
    init(parsing text: String) throws(OptionError) {
        if let count = Int(text) {
            guard count >= 1 else { throw OptionError("'\(text)' is no number of rooms: 1 or more") }
            self = .upTo(count)
            return
        }
        let names = text.split(separator: ",").map(String.init)
        guard !names.isEmpty else { throw OptionError("'\(text)' names no room: write 101,102 or a number of rooms") }
        self = .named(Set(names))
    }

    func contains(_ room: String) -> Bool {
        switch self {
        case .any: true
        case .upTo(let count): Int(room).map { (1...count).contains($0) && String($0) == room } ?? false
        case .named(let names): names.contains(room)
        }
    }
}
