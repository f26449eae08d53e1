import SagaCore
import SagaStore

/// Inputs at which the process ended: a marked page says which one it was, and the second time at the same one the saga is put
/// aside (semantics.md, rule 6). A process that is killed from outside may leave an innocent one there; twice the same one is
/// improbable, and then an operator's `retry` is all that it costs.
extension Writer {
    /// How many processes may end at an input before it is kept away from the core.
    static let crashesMax = 2
    /// Milliseconds after the last of them for which a start is refused: it has no saga that an operator could retry.
    static let startRefusedFor: Int64 = 86_400_000
    /// Suspects that one start looks at.
    private static let suspectsMax = 1_000

    /// What the process before this one left behind, and what is to be done about it and those before, first of all.
    func suspicions(at now: Instant) throws(StoreError) -> [Posted] {
        guard let mark = store.mark else { return [] }
        let found = mark.found()
        if let found { try store.write { try $0.suspect(found, at: now) } }
        mark.begin(process: newProcess())
        guard try store.read({ try $0.suspects(countMin: 1, limit: 1) }).isEmpty == false else { return [] }
        try store.write { try $0.forgetSuspects(startsBefore: now + -Self.startRefusedFor) }
        let suspects = try store.read { try $0.suspects(countMin: Self.crashesMax, limit: Self.suspectsMax) }
        for suspect in suspects where suspect.saga == 0 { inherited.poisonedStarts[suspect.input] = suspect.count }
        return suspects.filter { $0.saga != 0 }.map { suspect in
            let message =
                "the daemon ended \(suspect.count) times while it decided on \(suspect.words); 'retry' lets the saga go on"
            return Posted(ask: .tell(.number(suspect.saga), .suspected(message)))
        }
    }

    /// Says what is being decided until `decided()`; of a start that has no saga yet without an entry.
    func deciding(_ words: InputWords, of entry: Entry?) {
        guard let mark = store.mark else { return }
        var name = words.name
        // The page is a file that anybody reads who reads the store, and who names a signal or a refusal may repeat a secret.
        if words.isForeign, let entry { name = Masker(for: entry.saga, in: entry.workflow).masked(name) }
        mark.set(
            saga: entry?.row.id.number ?? 0, input: store.keyed(words.hash), kind: words.kind, name: name)
    }

    /// The input did not end the process.
    func decided() {
        store.mark?.clear()
    }

    /// - Throws: ``EngineError/poison(words:count:)`` for a start at which processes ended.
    func refusePoison(_ words: InputWords) throws(EngineError) {
        guard !inherited.poisonedStarts.isEmpty, let count = inherited.poisonedStarts[store.keyed(words.hash)] else {
            return
        }
        throw .poison(words: "\(words.kind)\(words.name)", count: count)
    }
}
