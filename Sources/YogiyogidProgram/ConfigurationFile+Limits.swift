import SagaEngine
import WorkflowFile

/// `limits:` of the configuration: what the daemon holds at most, in number and in bytes (rule 24).
extension ConfigurationFile {
    private static let limitKeys = [
        "inbox", "inboxBytes", "batch", "body", "cache", "cacheBytes", "earlyBytes", "connections", "unreadBytes",
        "storeCheck",
    ]

    mutating func limits(_ node: YAMLNode, _ configuration: inout DaemonConfiguration) {
        for entry in entries(node, "'limits'", Self.limitKeys) {
            switch entry.key {
            case "inbox": number(entry.value, "inbox", 1...1_000_000).map { configuration.limits.inboxMax = $0 }
            case "batch": number(entry.value, "batch", 1...10_000).map { configuration.limits.batchMax = $0 }
            case "cache": number(entry.value, "cache", 1...1_000_000).map { configuration.limits.cacheMax = $0 }
            case "connections":
                number(entry.value, "connections", 8...1_000_000).map { configuration.connectionsMax = $0 }
            case "storeCheck":
                duration(entry.value, "storeCheck").map { configuration.storeCheck = .milliseconds($0) }
            case "body": bytes(entry.value, "body", Self.bodyRange).map { configuration.bodyMax = $0 }
            case "inboxBytes": pool(entry).map { configuration.limits.inboxBytesMax = $0 }
            case "cacheBytes": pool(entry).map { configuration.limits.cacheBytesMax = $0 }
            case "earlyBytes": pool(entry).map { configuration.limits.earlyBytesMax = $0 }
            case "unreadBytes": pool(entry).map { configuration.unreadBytesMax = $0 }
            default: break
            }
        }
    }

    private static let bodyRange = 1 << 10...64 << 20
    /// One body of the default size always has room in a pool.
    private static let poolRange = 1 << 20...16 << 30

    private mutating func pool(_ entry: YAMLNode.Entry) -> Int? { bytes(entry.value, entry.key, Self.poolRange) }
}
