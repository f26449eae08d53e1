import ControlAPI
import Identity
import Participants
import SagaCore
import SagaEngine
import TestPrograms
import Testing
import Webhooks

@testable import GatewayProgram
@testable import WorkflowFile
@testable import YogiyogidProgram

/// yogiyogid.yaml(5) and yogi-gateway.yaml(5) against the readers of these files.
@Suite struct ConfigurationTests {
    @Test func `every key of the daemon's configuration is in the manual, and nothing else`() throws {
        let page = try Agreement("yogiyogid.yaml(5)")
        var lists = try Self.lists("YogiyogidProgram")
        lists.append(Set(Role.allCases.map(\.rawValue)))
        lists.append(Set(Keys.participantAnswer))
        page.expectSections(lists, "key", besides: ["ENVIRONMENT", "CREDENTIALS"])
        try page.expect("ENVIRONMENT", has: try Self.variables("YogiyogidProgram"), "variable")
        let credentials = [DaemonConfiguration.storeKeyName, DaemonConfiguration.previousStoreKeyName]
        try page.expect("CREDENTIALS", has: Set(credentials), "credential")
    }

    @Test func `every key of the gateway's configuration is in the manual, and nothing else`() throws {
        let page = try Agreement("yogi-gateway.yaml(5)")
        var lists = try Self.lists("GatewayProgram")
        lists += CodeLists.keys(in: try CodeLists.source("Identity/IdentityReader.swift"))
        page.expectSections(lists, "key", besides: ["ENVIRONMENT", "CREDENTIALS"])
        try page.expect("ENVIRONMENT", has: try Self.variables("GatewayProgram"), "variable")
    }

    /// Of the readers of a program's file.
    private static func lists(_ module: String) throws -> [Set<String>] {
        let lists = CodeLists.keys(in: try CodeLists.source(module))
        // The reader of these tests sees the lists at all.
        guard lists.contains(["level"]) || lists.contains(["level", "queue"]) else {
            throw ProgramFailure("the keys of \(module) are not where this test looks for them")
        }
        return lists
    }

    private static func variables(_ module: String) throws -> Set<String> {
        CodeLists.all(#/environment\["(YOGI[A-Z_]+)"\]/#, in: try CodeLists.source(module))
    }

    @Test func `each bound that the manual names is that of the loader`() throws {
        var checked = 0
        for (name, apply) in Self.loaders {
            let page = try ManualPage.named(name)
            for section in page.sections {
                for entry in section.entries {
                    let text = entry.text.replacing("\n", with: " ")
                    guard let match = text.firstMatch(of: #/from (\d+)([A-Za-z]*) to (\d+)([A-Za-z]*)/#),
                        let least = Self.number(match.1, match.2), let most = Self.number(match.3, match.4)
                    else { continue }
                    checked += 1
                    for (value, fits) in [(least - 1, false), (least, true), (most, true), (most + 1, false)] {
                        let file = Self.file(section.title, entry.word, "\(value)")
                        let faults = apply(file)
                        #expect(
                            faults.isEmpty == fits,
                            "\(name), \(section.title): '\(entry.word)' of \(value): \(faults.first ?? "is taken")")
                    }
                }
            }
        }
        #expect(checked > 15)
    }

    @Test func `each default of a number that the manual names is that of the program`() throws {
        let daemon = DaemonConfiguration.defaults([:])
        let gateway = GatewayConfiguration.defaults([:])
        let known: [String: [String: Int]] = [
            "yogiyogid.yaml(5)": [
                "limits.inbox": daemon.limits.inboxMax, "limits.inboxBytes": daemon.limits.inboxBytesMax,
                "limits.batch": daemon.limits.batchMax, "limits.cache": daemon.limits.cacheMax,
                "limits.cacheBytes": daemon.limits.cacheBytesMax, "limits.earlyBytes": daemon.limits.earlyBytesMax,
                "limits.body": daemon.bodyMax, "limits.connections": daemon.connectionsMax,
                "limits.unreadBytes": daemon.unreadBytesMax, "log.queue": daemon.logQueueMax,
                "participants.NAME.concurrency": ParticipantConfiguration.concurrencyDefault,
                "participants.NAME.breaker.failures": BreakerSettings().failures,
                "feeds.NAME.batch": WebhookSettings.batchDefault,
            ],
            "yogi-gateway.yaml(5)": [
                "limits.body": gateway.bodyMax, "limits.connections": gateway.connectionsMax,
                "identity.limits.entries": gateway.identity.limits.entries,
            ],
        ]
        for (name, defaults) in known {
            var told: [String: Int] = [:]
            for section in try ManualPage.named(name).sections {
                for entry in section.entries where entry.text.contains("from ") {
                    let text = entry.text.replacing("\n", with: " ")
                    guard let match = text.firstMatch(of: #/Default (\d+)([A-Za-z]*),\s+from/#) else { continue }
                    told["\(section.title).\(entry.word)"] = Self.number(match.1, match.2)
                }
            }
            for (key, value) in defaults.sorted(by: { $0.key < $1.key }) {
                #expect(told[key] == value, "\(name): the default of '\(key)' is \(value)")
            }
            for key in told.keys.sorted() where defaults[key] == nil {
                Issue.record("\(name): ConfigurationTests does not know the default of '\(key)' from the code")
            }
        }
    }

    private static let loaders: [(String, @Sendable (String) -> [String])] = [
        ("yogiyogid.yaml(5)", Loaders.daemon), ("yogi-gateway.yaml(5)", Loaders.gateway),
    ]

    private static func number(_ digits: Substring, _ unit: Substring) -> Int? {
        let shift = ["": 0, "KiB": 10, "MiB": 20, "GiB": 30][String(unit)]
        return shift.flatMap { shift in Int(digits).map { $0 << shift } }
    }

    /// A file with one key in the place that a heading names: `participants.NAME.breaker`.
    private static func file(_ place: String, _ key: String, _ value: String) -> String {
        var path = place.split(separator: ".").map(String.init)
        if path.isEmpty || place == place.uppercased() { path = [] }
        var lines: [String] = []
        for (depth, name) in path.enumerated() {
            let indent = String(repeating: "  ", count: depth)
            lines.append("\(indent)\(name):")
            if depth == 1, path[0] == "participants" || path[0] == "feeds" {
                lines.append("\(indent)  url: http://localhost:8080")
            }
        }
        lines.append(String(repeating: "  ", count: path.count) + "\(key): \(value)")
        return lines.joined(separator: "\n") + "\n"
    }
}
