import Foundation
import Logging
import OperatorLog
import Testing

/// The journal's catalog says what to do for each message of the table, and for no other.
struct CatalogTests {
    /// An entry of the catalog, as journald's own reader takes it (`journalctl --update-catalog`).
    private struct Entry {
        var id: String
        var headers: [String: String] = [:]
        var body = ""
    }

    private static func entries() throws -> [Entry] {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let text = try String(contentsOf: root.appendingPathComponent("systemd/yogiyogi.catalog"), encoding: .utf8)
        var entries: [Entry] = []
        var isInHeader = false
        for line in text.components(separatedBy: "\n") {
            if line.hasPrefix("-- ") {
                entries.append(Entry(id: String(line.dropFirst(3))))
                isInHeader = true
            } else if entries.isEmpty {
                try #require(line.isEmpty || line.hasPrefix("#"), "\(line)")
            } else if isInHeader, let colon = line.firstIndex(of: ":") {
                entries[entries.count - 1].headers[String(line[..<colon])] =
                    line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
            } else {
                isInHeader = false
                entries[entries.count - 1].body += line + "\n"
            }
        }
        return entries
    }

    @Test func `table and catalog agree one to one`() throws {
        let ids = try Self.entries().map(\.id)
        #expect(Set(ids).count == ids.count)
        for message in OperatorMessage.allCases {
            #expect(ids.contains(message.rawValue), "the catalog has no entry for '\(message.text)'")
        }
        for id in ids { #expect(OperatorMessage(rawValue: id) != nil, "nothing logs the catalog's entry \(id)") }
    }

    @Test func `each entry has a subject, says whose it is and what to do`() throws {
        for entry in try Self.entries() {
            #expect(entry.id.wholeMatch(of: /[0-9a-f]{32}/) != nil)
            #expect(entry.headers["Subject"]?.isEmpty == false, "\(entry.id)")
            #expect(entry.headers["Defined-By"] == "yogiyogi", "\(entry.id)")
            #expect(entry.body.trimmingCharacters(in: .whitespacesAndNewlines).count > 40, "\(entry.id)")
        }
    }

    /// Fields that the messages carry beside those of every entry; a name that none has would be shown as it is.
    private static let fields: Set<String> = [
        "SAGA_ID", "SAGA_WORKFLOW", "SAGA_STATE", "SAGA_STATUS", "SAGA_STEP", "SAGA_SIGNAL", "SAGA_KEY", "REASON",
        "ALARM",
        "PARTICIPANT", "FAILURES", "COOLDOWN", "ERROR", "DIAGNOSTICS", "LIMIT", "STORE_TROUBLE", "AFTER", "ELAPSED",
        "INTERVAL",
        "PHASE", "DROPPED", "KEY_FILE", "KEY_ORIGIN", "MASTER_KEY", "ROWS", "HISTORY_ROW", "CALLS", "SINCE", "VIEW",
        "SAGAS", "OPERATION", "CONSUMER", "FROM", "TO", "URL",
    ]

    @Test func `the fields that entries show are fields of the log`() throws {
        for entry in try Self.entries() {
            let text = (entry.headers["Subject"] ?? "") + "\n" + entry.body
            for match in text.matches(of: /@([A-Z_]+)@/) {
                #expect(Self.fields.contains(String(match.output.1)), "\(entry.id): \(match.output.0)")
            }
        }
    }

    @Test func `ids and texts of the table are each given once`() {
        #expect(Set(OperatorMessage.allCases.map(\.text)).count == OperatorMessage.allCases.count)
        for message in OperatorMessage.allCases { #expect(message.rawValue.count == 32) }
    }

    @Test func `what needs nobody is below a warning`() {
        // `journalctl -p warning` is the list of what somebody should look at.
        let grave = OperatorMessage.allCases.filter { $0.level >= .warning }
        #expect(
            Set(grave) == [
                .sagaStuck, .sagaPoison, .sagaAlarm, .signalDropped, .breakerOpened, .callerRefused, .requestUnformed,
                .reloadRefused,
                .storeTroubled, .storeGone, .storeCorrupt, .sealBroken, .descriptorsShort, .watchdogLate,
                .journalBehind, .viewOlder, .webhookParked,
            ])
    }
}
