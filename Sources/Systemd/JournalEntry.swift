import Logging

/// One entry of the journal: fields in order, each a name and a value of any bytes (systemd.journal-fields(7)).
struct JournalEntry: Sendable, Hashable {
    struct Field: Sendable, Hashable {
        let name: String
        let value: String
    }

    let identifier: String
    let fields: [Field]

    init(identifier: String, level: Logger.Level, message: String, metadata: [(key: String, value: String)]) {
        self.identifier = identifier
        let leading = [
            Field(name: "MESSAGE", value: message),
            Field(name: "PRIORITY", value: String(Self.priority(level))),
            Field(name: "SYSLOG_IDENTIFIER", value: identifier),
        ]
        let named = metadata.map { Field(name: Self.fieldName($0.key), value: $0.value) }
        fields = leading + named.sorted { $0.name < $1.name }
    }

    /// syslog(3)'s scale: 0 is the worst.
    static func priority(_ level: Logger.Level) -> Int {
        switch level {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }

    /// `SAGA_ID` of `SAGA_ID`, `saga.id`, `saga-id` or `sagaID`.
    ///
    /// journald drops an entry's field whose name is not of A-Z, 0-9 and _, begins with a digit or _, or has more than 64 characters, so
    /// every key is made to fit. A key that would overwrite one of the three leading fields gets a prefix.
    static func fieldName(_ key: String) -> String {
        isFieldName(key) ? key : madeFieldName(key)
    }

    private static let leadingNames = ["MESSAGE", "PRIORITY", "SYSLOG_IDENTIFIER"]

    /// Whether it fits as it is, as those of sagas do.
    private static func isFieldName(_ key: String) -> Bool {
        let isPlain = key.utf8.allSatisfy {
            $0 >= UInt8(ascii: "A") && $0 <= UInt8(ascii: "Z") || $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9")
                || $0 == UInt8(ascii: "_")
        }
        guard isPlain, let first = key.utf8.first, first >= UInt8(ascii: "A"), first <= UInt8(ascii: "Z") else {
            return false
        }
        return key.utf8.count <= 64 && !leadingNames.contains(key)
    }

    private static func madeFieldName(_ key: String) -> String {
        var name = ""
        var afterLowerCase = false
        for scalar in key.unicodeScalars {
            switch scalar {
            case "A"..."Z":
                if afterLowerCase { name += "_" }
                name.unicodeScalars.append(scalar)
            case "a"..."z": name += String(scalar).uppercased()
            case "0"..."9": name.unicodeScalars.append(scalar)
            default: name += "_"
            }
            afterLowerCase = ("a"..."z").contains(scalar)
        }
        name = String(name.drop { $0 == "_" })
        if name.isEmpty || name.first?.isNumber == true || leadingNames.contains(name) {
            name = "FIELD_" + name
        }
        return String(name.prefix(64))
    }
}
