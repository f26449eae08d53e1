import Synchronization

/// Whether who waits on a connection still does: the one thing that its task and the event loop both touch.
///
/// It ends before the loop is told, and the loop looks when the waiting begins. So it is seen whichever of the two the loop hears of first.
final class Patience: Sendable {
    private let ended = Atomic(false)

    var isOver: Bool { ended.load(ordering: .sequentiallyConsistent) }

    func end() { ended.store(true, ordering: .sequentiallyConsistent) }
}
