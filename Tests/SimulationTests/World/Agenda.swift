import SagaCore

@testable import SagaEngine

/// What is to happen when, the earliest first; at the same time in the order in which it was planned.
struct Agenda {
    enum Event {
        case chaos(Chaos)
        /// A guest sends a command (again).
        case ask(command: Int)
        /// A request arrives at its participant.
        case request(Flight)
        /// The answer to a request arrives at the engine.
        case answer(Flight, Outcome)
        case timeout(Flight)
        /// The lane to a participant wants to be told the time.
        case lane(String, life: Int)
        /// A participant has done what it promised.
        case work(Call)
        /// It brings the answer.
        case bring(Command)
    }

    private struct Item {
        var at: Int64
        var number: Int
        var event: Event
    }

    private var items: [Item] = []
    private var lastNumber = 0

    var next: Int64? { items.last?.at }
    var isEmpty: Bool { items.isEmpty }

    mutating func add(_ event: Event, at: Int64) {
        lastNumber += 1
        // Latest first, so that the next is the last; a run has few at a time.
        let index = items.lastIndex { $0.at > at }.map { $0 + 1 } ?? 0
        items.insert(Item(at: at, number: lastNumber, event: event), at: index)
    }

    mutating func pop() -> Event? {
        items.popLast()?.event
    }
}

/// One attempt on its way.
struct Flight {
    var number: Int
    var call: Call
    /// The life of the process that sent it.
    var life: Int
    var fate: Chaos.Fate?
    /// How often its participant had been restarted when the request arrived.
    var restarts = 0
    /// Of its lane.
    var ticket: Lane<Call>.Ticket?
}
