internal import Foundation
internal import GRDB
internal import SagaCore
import Synchronization

/// What packs and seals the rows of an open store, and opens them.
///
/// What belongs to a saga is packed behind the phrases of its workflow and then sealed, with the number of the workflow's row in front:
/// ```
/// the workflow's row, LEB128   what KeyRing seals
/// ```
struct Seals: Sendable {
    let ring: KeyRing
    let book: Phrasebook
    let tails: TailBox

    /// What was sealed.
    struct Opened {
        var phrases: Phrases
        var packed: [UInt8]
    }

    func seal(_ bytes: [UInt8], at place: SealPlace, of saga: SagaID, workflow: Int64) throws -> Data {
        let phrases = book.known(workflow)
        var window = phrases.window(of: saga)
        return try seal(packed: window.pack(bytes), at: place, of: saga, by: phrases)
    }

    func seal(packed: [UInt8], at place: SealPlace, of saga: SagaID?, by phrases: Phrases) throws -> Data {
        var front: [UInt8] = []
        front.append(leb: UInt64(bitPattern: phrases.workflow))
        return try ring.seal(packed, at: place, behind: front, also: phrases.authenticated(saga))
    }

    /// - Throws: ``KeyRing/Broken``, and what reading the phrases throws.
    func open(_ sealed: Data, at place: SealPlace, of saga: SagaID, _ db: Database) throws -> Opened {
        guard let (workflow, rest) = KeyRing.number(in: sealed) else {
            throw KeyRing.Broken(message: "its seal is damaged")
        }
        guard let phrases = try book.find(workflow, db) else {
            throw KeyRing.Broken(message: "it is packed by workflow row \(workflow), which this store does not have")
        }
        let packed = try ring.open(rest, at: place, also: phrases.authenticated(saga))
        return Opened(phrases: phrases, packed: packed)
    }

    /// - Throws: as ``open(_:at:of:_:)``.
    func bytes(_ sealed: Data, at place: SealPlace, of saga: SagaID, _ db: Database) throws -> [UInt8] {
        let opened = try open(sealed, at: place, of: saga, db)
        var window = opened.phrases.window(of: saga)
        do throws(BrokenPack) {
            return try window.unpack(opened.packed)
        } catch {
            throw KeyRing.Broken(message: "what is packed in it is damaged")
        }
    }

    /// A transaction is over.
    func settle(isKept: Bool) {
        book.settle(isKept: isKept)
        tails.with { $0.settle(isKept: isKept) }
    }

    /// The same under the current key; `nil` when it is, and when it does not open.
    func resealed(_ sealed: Data, at place: SealPlace, of saga: SagaID, _ db: Database) throws -> Data? {
        if isCurrent(sealed) { return nil }
        do {
            let opened = try open(sealed, at: place, of: saga, db)
            return try seal(packed: opened.packed, at: place, of: saga, by: opened.phrases)
        } catch is KeyRing.Broken {
            return nil
        }
    }

    /// Whether the current key seals it.
    func isCurrent(_ sealed: Data) -> Bool {
        KeyRing.number(in: sealed).map { $0.rest.starts(with: ring.prefix) } ?? false
    }
}

/// The ``Tails`` of the thread that writes.
final class TailBox: Sendable {
    private let tails: Mutex<Tails>

    init(_ tails: Tails) { self.tails = Mutex(tails) }

    func with<T>(_ body: (inout sending Tails) throws -> sending T) rethrows -> sending T {
        try tails.withLock(body)
    }
}
