internal import Crypto
internal import Foundation
internal import GRDB
internal import SagaCore
import Synchronization

/// What the rows of a workflow's sagas say again and again, as it was pinned with the workflow's text: they are packed behind it, and
/// behind the saga's id.
final class Phrases: Sendable {
    /// The row of the workflow; 0 for none.
    let workflow: Int64
    private let digest: [UInt8]
    private let window: Window

    init(workflow: Int64, text: [UInt8]) {
        self.workflow = workflow
        digest = Array(SHA256.hash(data: text))
        var window = Window()
        window.take(text)
        self.window = window
    }

    /// For what belongs to no workflow.
    static let none = Phrases(workflow: 0, text: [])

    func window(of saga: SagaID?) -> Window {
        guard let saga, workflow != 0 else { return window }
        var window = window
        window.take(saga.description.utf8)
        return window
    }

    /// What is authenticated with packed bytes: behind another text, or that of another saga, they would say something else.
    func authenticated(_ saga: SagaID?) -> [UInt8] {
        guard let saga, workflow != 0 else { return [] }
        var bytes = digest
        bytes.append(number: Int64(bitPattern: saga.low))
        return bytes
    }
}

/// The phrases of every workflow that a store holds.
final class Phrasebook: Sendable {
    private struct State {
        var known: [Int64: Phrases] = [:]
        /// By the transaction at hand, whose rows are given again if it fails.
        var pinned: [Phrases] = []
    }

    private let state = Mutex(State())

    /// Those that rows are packed by; what is not known, by none.
    func known(_ workflow: Int64) -> Phrases {
        if workflow == 0 { return .none }
        return state.withLock { $0.known[workflow] } ?? .none
    }

    /// Those that a row was packed by; `nil` when the store does not have them.
    func find(_ workflow: Int64, _ db: Database) throws -> Phrases? {
        if workflow == 0 { return Phrases.none }
        if let known = state.withLock({ $0.known[workflow] }) { return known }
        let statement = try db.cachedStatement(sql: "SELECT phrases FROM workflow WHERE id = ?")
        guard let row = try Row.fetchOne(statement, arguments: [workflow]), let text = row.blob(0)
        else { return nil }
        let found = Phrases(workflow: workflow, text: [UInt8](text))
        state.withLock { $0.known[workflow] = found }
        return found
    }

    /// Those of all workflows that there are.
    func load(_ db: Database) throws {
        for row in try Row.fetchAll(db, sql: "SELECT id FROM workflow") {
            if let id = row.integer(0) { _ = try find(id, db) }
        }
    }

    func pin(_ phrases: Phrases) { state.withLock { $0.pinned.append(phrases) } }

    /// The transaction at hand is over.
    func settle(isKept: Bool) {
        state.withLock { state in
            if isKept { for phrases in state.pinned { state.known[phrases.workflow] = phrases } }
            state.pinned = []
        }
    }
}
