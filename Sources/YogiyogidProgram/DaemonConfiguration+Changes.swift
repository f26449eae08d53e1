import Participants
import SagaCore
import SagaEngine
import Webhooks

/// What differs between two configurations, for a reload.
extension DaemonConfiguration {
    /// A line for each setting that a reload takes over, and that differs.
    func changes(to other: DaemonConfiguration) -> [String] {
        var lines: [String] = []
        func note(_ name: String, _ before: String, _ after: String) {
            if before != after { lines.append("\(name) was \(before) and is \(after)") }
        }
        note("workflows", Self.listed(workflows), Self.listed(other.workflows))
        note("limits.inbox", "\(limits.inboxMax)", "\(other.limits.inboxMax)")
        note("limits.batch", "\(limits.batchMax)", "\(other.limits.batchMax)")
        note("limits.cache", "\(limits.cacheMax)", "\(other.limits.cacheMax)")
        note("limits.inboxBytes", "\(limits.inboxBytesMax)", "\(other.limits.inboxBytesMax)")
        note("limits.cacheBytes", "\(limits.cacheBytesMax)", "\(other.limits.cacheBytesMax)")
        note("limits.earlyBytes", "\(limits.earlyBytesMax)", "\(other.limits.earlyBytesMax)")
        note("limits.body", "\(bodyMax)", "\(other.bodyMax)")
        note("public-url", publicURL ?? "none", other.publicURL ?? "none")
        if roles != other.roles { lines.append("roles have changed") }
        note("retention", retention.words, other.retention.words)
        let names = Set(participants.map(\.name) + other.participants.map(\.name)).sorted()
        for name in names {
            let before = participants.first { $0.name == name }
            let after = other.participants.first { $0.name == name }
            switch (before, after) {
            case (nil, let after?): lines.append("participant '\(name)' is new, at \(after.address)")
            case (_?, nil): lines.append("participant '\(name)' is gone")
            case (let before?, let after?) where before.address != after.address:
                lines.append("participant '\(name)' was at \(before.address) and is at \(after.address)")
            case (let before?, let after?) where before != after: lines.append("participant '\(name)' has changed")
            default: break
            }
        }
        let feedNames = Set(feeds.map(\.settings.consumer) + other.feeds.map(\.settings.consumer)).sorted()
        for name in feedNames {
            let before = feeds.first { $0.settings.consumer == name }?.settings
            let after = other.feeds.first { $0.settings.consumer == name }?.settings
            switch (before, after) {
            case (nil, let after?): lines.append("feed '\(name)' is new, to \(after.address)")
            case (_?, nil): lines.append("feed '\(name)' is gone; its consumer stays until it is removed")
            case (let before?, let after?) where before.address != after.address:
                lines.append("feed '\(name)' was to \(before.address) and is to \(after.address)")
            case (let before?, let after?) where before != after: lines.append("feed '\(name)' has changed")
            default: break
            }
        }
        return lines
    }

    /// A line for each setting that differs and only counts from the next start on.
    func needingRestart(for other: DaemonConfiguration) -> [String] {
        var lines: [String] = []
        func note(_ name: String, _ before: String, _ after: String) {
            if before != after { lines.append("\(name) is \(before) until a restart, then \(after)") }
        }
        note("stateDirectory", stateDirectory, other.stateDirectory)
        note("socket", socket, other.socket)
        note("limits.storeCheck", storeCheck.words, other.storeCheck.words)
        note("limits.connections", "\(connectionsMax)", "\(other.connectionsMax)")
        note("limits.unreadBytes", "\(unreadBytesMax)", "\(other.unreadBytesMax)")
        note("log.queue", "\(logQueueMax)", "\(other.logQueueMax)")
        note("log.level", "\(logLevel)", "\(other.logLevel)")
        return lines
    }

    /// This one with what a reload takes over from another: what needs a restart stays, and is named again by the next reload.
    func taking(over other: DaemonConfiguration) -> DaemonConfiguration {
        var taken = self
        taken.workflows = other.workflows
        taken.participants = other.participants
        taken.limits = other.limits
        taken.bodyMax = other.bodyMax
        taken.roles = other.roles
        taken.retention = other.retention
        taken.feeds = other.feeds
        taken.publicURL = other.publicURL
        return taken
    }

    private static func listed(_ folders: [String]) -> String {
        folders.isEmpty ? "none" : folders.joined(separator: ", ")
    }
}

extension Duration {
    /// For people, as the file has it: `1s`.
    fileprivate var words: String {
        DurationText.text(components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000)
    }
}

extension Retention {
    /// For people: `succeeded 90d, jobs 30d`.
    fileprivate var words: String {
        let times = [
            ("succeeded", succeeded), ("cancelled", cancelled), ("terminated", terminated), ("withAlarms", withAlarms),
            ("jobs", jobs),
        ]
        let set = times.compactMap { name, time in time.map { "\(name) \(DurationText.text($0))" } }
        return set.isEmpty ? "for ever" : set.joined(separator: ", ")
    }
}
