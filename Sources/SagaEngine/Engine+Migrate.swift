import SagaCore
import SagaStore

extension Engine {
    /// Moves live sagas to another version of their workflow, or says which could: each by itself, those that cannot stay.
    /// - Throws: ``EngineError`` for a version that is not loaded, for a blank reason, and for what hinders all.
    public func migrate(_ command: MigrateCommand) async throws(EngineError) -> MigratePage {
        let from = try workflowSet.find(command.workflow, version: command.from)
        let to = try workflowSet.find(command.workflow, version: command.to)
        let sent =
            command.isCheck
            ? MigrateSent() : MigrateSent(reason: try OperateCommand.checked(command.reason), by: command.by)
        let limit = min(max(1, command.limit), Self.pageMax)
        let (rows, items) = try await read { [self] reading throws in
            let rows = try reading.sagas(
                workflows: [from.row], unended: .only, before: command.after?.number ?? .max, limit: limit + 1)
            return (rows, try rows.prefix(limit).map { try item(of: $0, to: to.workflow, reading) })
        }
        var page = MigratePage(items: items, next: rows.count > limit ? rows[limit - 1].id : nil)
        guard !command.isCheck else { return page }
        for index in page.items.indices where page.items[index].obstacles.isEmpty {
            page.items[index].obstacles = try await move(page.items[index].id, to: to.row, sent)
        }
        return page
    }

    private func item(
        of row: SagaRow, to workflow: Workflow, _ reading: borrowing ReadTransaction
    ) throws -> MigratePage.Item {
        let entry = try entry(of: row, reading)
        let isUnreadable = entry.saga.stuck?.code == .unreadable
        return MigratePage.Item(
            id: row.id, state: row.state, status: row.status,
            obstacles: isUnreadable ? ["it cannot be read"] : entry.saga.obstacles(to: workflow))
    }

    /// Moves one saga, which may have gone on since it was looked at.
    private func move(_ saga: SagaID, to row: Int64, _ sent: MigrateSent) async throws(EngineError) -> [String] {
        do throws(EngineError) {
            _ = try await send(.migrate(saga, to: row, sent))
            return []
        } catch {
            switch error {
            case .rejected(.cannotMigrate(let obstacles)): return obstacles
            case .rejected(let rejection): return [rejection.description]
            case .broken(_, let message): return ["it cannot be read: \(message)"]
            default: throw error
            }
        }
    }
}
