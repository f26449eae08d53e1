import NIOCore
import NIOHTTP1

/// What a connection has of the ``ConnectionBudget``, as its event loop knows it: so that a request that comes whole with one reading, and an
/// answer that goes with one writing, ask for no room.
struct Account {
    let budget: ConnectionBudget
    let id: ConnectionBudget.ID
    let user: UInt32?
    private var unanswered = 0
    /// The body that has not come whole; its length where its head says it.
    private var coming: (length: Int?, bytes: Int)?
    private var isGranted = false
    private var unread = 0

    init(budget: ConnectionBudget, id: ConnectionBudget.ID, user: UInt32?) {
        self.budget = budget
        self.id = id
        self.user = user
    }

    mutating func came(_ part: HTTPServerRequestPart) {
        switch part {
        case .head(let head):
            coming = (head.headers.first(name: "content-length").flatMap { Int($0) }, 0)
        case .body(let bytes):
            coming?.bytes += bytes.readableBytes
            if isGranted { budget.progressed(id) }
        case .end:
            coming = nil
            unanswered += 1
            if unanswered == 1 { budget.began(id) }
        }
    }

    /// Whether more may be read of what comes.
    mutating func mayRead() -> Bool {
        guard let coming, !isGranted else { return true }
        isGranted = budget.ask(id, for: coming.length.map { max(0, $0) }, of: user)
        return isGranted
    }

    /// The task has a body whole.
    mutating func taken() {
        guard isGranted else { return }
        isGranted = false
        budget.release(id)
    }

    mutating func answered() {
        // The answer to bytes that are no request is one to none.
        guard unanswered > 0 else { return }
        unanswered -= 1
        if unanswered == 0 { budget.ended(id) }
    }

    /// So many bytes that were written wait for the client.
    /// - Returns: whether there are some.
    mutating func wrote(unread bytes: Int) -> Bool {
        if bytes != unread {
            unread = bytes
            budget.holds(id, answers: bytes, of: user)
        }
        return bytes > 0
    }
}
