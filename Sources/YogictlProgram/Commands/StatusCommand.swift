import ArgumentParser
import CEL
import ControlAPI
import ControlClient

/// `yogictl status`.
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Shows what the daemon is doing.")

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let status = try await global.daemon { try await $0.status() }
        try global.print(status.json, text: Self.sheet(status, coloured: Output.standard.isColoured))
    }

    static func sheet(_ status: StatusResource, coloured: Bool) -> String {
        var facts = Facts()
        facts.add("VERSION", status.version)
        facts.add("PID", "\(status.pid)")
        facts.add("UPTIME", Milliseconds.text(Int64(min(max(status.uptime, 0), 1 << 40)) * 1_000))
        facts.add("STORE", "\(status.storeBytes) bytes")
        facts.add("SEAL", status.seal.map { "data key \($0.dataKey) under master key \($0.masterKey), \($0.origin)" })
        facts.add("SEALING", status.seal?.progress.map { "\($0.done) of \($0.total) rows are by this key" }, .yellow)
        facts.add("TROUBLE", status.storeTrouble, .red)
        facts.add("PAUSED", status.paused ? "nothing moves until 'yogictl resume --all'" : nil, .yellow)
        facts.add("PRUNED", status.pruned == 0 ? nil : "\(status.pruned) sagas and jobs, by retention")
        for view in status.views {
            let words = view.progress.map { "is rebuilt, \($0.done) of \($0.total) sagas are done" }
            let older = "has rows by an older definition: yogictl view rebuild \(view.name)"
            facts.add("VIEW", "\(view.name) \(words ?? older)", .yellow)
        }
        facts.add("LOG", status.logDropped == 0 ? nil : "\(status.logDropped) entries lost", .yellow)
        facts.add("BACKLOG", "\(status.backlog)")
        facts.add("INPUTS", "\(status.inputs)")
        facts.add("COMMITS", "\(status.commits)")
        var text = facts.text(coloured: coloured)
        if !status.sagas.isEmpty {
            var sagas = Table("STATUS", "SAGAS")
            for entry in status.sagas.entries {
                sagas.add(.init(entry.key.shown, Paint(status: entry.key.shown)), .init(entry.value.shown))
            }
            text += "\n" + sagas.text(coloured: coloured)
        }
        if !status.participants.isEmpty {
            var participants = Table("PARTICIPANT", "BREAKER", "IN FLIGHT", "QUEUED", "URL")
            for one in status.participants {
                participants.add(
                    .init(one.name), .init(one.breaker, one.breaker == "closed" ? .green : .red),
                    .init("\(one.inFlight)"),
                    .init("\(one.queued)"), .init(one.url))
            }
            text += "\n" + participants.text(coloured: coloured)
            let away = status.participants.filter { $0.parked != nil }
            if !away.isEmpty {
                var parked = Table("AWAY", "SINCE", "CALLS PARKED", "LAST ERROR")
                for one in away {
                    parked.add(
                        .init(one.name), .init(one.parked?.since ?? ""), .init("\(one.parked?.calls ?? 0)"),
                        .init(one.parked?.error ?? ""))
                }
                text += "\n" + parked.text(coloured: coloured)
            }
        }
        text += operations(status, coloured: coloured)
        text += webhooks(status, coloured: coloured)
        text += pools(status, coloured: coloured)
        if !status.limits.isEmpty {
            var limits = Table("LIMIT", "VALUE")
            for entry in status.limits.entries { limits.add(.init(entry.key.shown), .init(entry.value.shown)) }
            text += "\n" + limits.text(coloured: coloured)
        }
        return text
    }

    /// Operations that are mapped onto an API, and what they are sent as.
    private static func operations(_ status: StatusResource, coloured: Bool) -> String {
        var operations = Table("OPERATION", "SENDS")
        for participant in status.participants {
            for one in participant.operations {
                operations.add(.init("\(participant.name).\(one.operation)"), .init(one.sends))
            }
        }
        let isNone = status.participants.allSatisfy(\.operations.isEmpty)
        return isNone ? "" : "\n" + operations.text(coloured: coloured)
    }

    /// Receivers that take nothing of what they are told.
    private static func webhooks(_ status: StatusResource, coloured: Bool) -> String {
        if status.webhooks.isEmpty { return "" }
        var webhooks = Table("WEBHOOK", "STATE", "SINCE", "URL", "LAST ERROR")
        for one in status.webhooks {
            webhooks.add(
                .init(one.consumer), .init(one.webhook.state, .red), .init(one.webhook.since ?? ""),
                .init(one.webhook.url), .init(one.webhook.error ?? ""))
        }
        return "\n" + webhooks.text(coloured: coloured)
    }

    /// What is bounded, how full it is, and in yellow what is nearly so.
    private static func pools(_ status: StatusResource, coloured: Bool) -> String {
        if status.pools.isEmpty { return "" }
        var pools = Table("POOL", "USED", "BUDGET")
        for one in status.pools {
            let isTight = one.used > one.max - one.max / 4
            pools.add(
                .init(one.name),
                .init(one.isBytes ? Bytes.text(one.used) : "\(one.used)", isTight ? .yellow : .plain),
                .init(one.isBytes ? Bytes.text(one.max) : "\(one.max)"))
        }
        return "\n" + pools.text(coloured: coloured)
    }
}
