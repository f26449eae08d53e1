public import SagaCore
import SagaStore

extension Engine {
    /// What is to be graphed, now. Nothing of it is looked for among all sagas, but when it is asked for first: then the live ones are counted
    /// once, between two commits.
    /// - Parameter progress: of consumers that acknowledge less often than they read, by name.
    public func metrics(_ progress: [String: ConsumerProgress] = [:]) async -> EngineMetrics {
        if tally.current.live == nil { await countLive() }
        let counted = tally.current
        let gauges = gauges.current
        let groups = counted.live.map { Array($0.keys) } ?? []
        let read = try? await read { reading throws in
            (
                oldest: try groups.map {
                    try reading.oldest(workflow: $0.workflow, status: $0.status, state: $0.state)
                },
                bytes: try reading.size(), consumers: try Self.consumers(progress, reading).states
            )
        }
        let set = workflowSet
        func name(_ row: Int64) -> String { set.byRow[row]?.name ?? "unloaded" }
        var oldest: [String: Instant] = [:]
        for (group, number) in zip(groups, read?.oldest ?? []) {
            guard let number else { continue }
            let start = Instant(milliseconds: number >> 12)
            oldest[name(group.workflow)] = min(oldest[name(group.workflow)] ?? start, start)
        }
        let live = counted.live.map { live in
            live.map { group, count in
                EngineMetrics.Live(
                    workflow: name(group.workflow), status: group.status, state: group.state, count: count)
            }
        }
        return EngineMetrics(
            live: live, oldest: read == nil ? nil : oldest, sagas: counted.workflows, stuck: counted.stuck,
            workflows: set.current.keys.sorted(), calls: dispatcher.tally.current, participants: dispatcher.counts,
            commits: gauges.commits, inputs: gauges.inputs, commit: counted.commit, sync: counted.sync,
            orders: counted.orders, lateness: counted.lateness,
            inbox: (waiting: inbox.backlog, most: inbox.commandsMax), refused: inbox.refused, waits: gauges.waits,
            storeBytes: read?.bytes, logBytes: store.logBytes, isWritable: gauges.trouble == nil, isPaused: isPaused,
            pruned: gauges.pruned, consumers: read?.consumers ?? [])
    }

    /// On the loop's thread, where no commit comes between what is counted and its being taken over. When the loop takes nothing now, the
    /// next one who asks has it counted.
    private func countLive() async {
        try? await upkeep { [tally] store throws(StoreError) in
            let rows = try store.read { try $0.liveGroups() }
            var groups: [LoopTally.Group: Int] = [:]
            for row in rows {
                groups[.init(workflow: row.workflow, status: row.status, state: row.state)] = row.count
            }
            tally.counted(groups)
        }
    }
}

extension Engine {
    /// The engine's time.
    public var now: Instant { clock.now() }
}
