import CEL
import ControlAPI
import Foundation
import Synchronization

/// The day of an order that names none: the first day from tomorrow on (UTC) from which the room is free for its nights, as the reservation
/// service says, and which was not given to another order within the last minute.
final class FreeDays: Sendable {
    private struct Given {
        /// The first day that was not given.
        var next: Int64
        var at: ContinuousClock.Instant
    }

    private let lists: ParticipantLists
    private let given = Mutex<[String: Given]>([:])

    /// An order is decided, and its room held, long before.
    private static let keptFor = Swift.Duration.seconds(60)
    private static let roomsMax = 10_000
    private static let triesMax = 100
    private static let secondsOfDay: Int64 = 86_400

    init(lists: ParticipantLists) {
        self.lists = lists
    }

    /// - Throws: ``WireProblem`` 422 where no service is configured.
    func first(room: String, nights: Int64) async throws -> String {
        guard lists.knows(.reservation) else {
            throw WireProblem.invalid(
                "/checkIn", "is missing, and no reservation service is configured that knows which day is free")
        }
        let tomorrow = Int64(Date().timeIntervalSince1970) / Self.secondsOfDay + 1
        var from = tomorrow
        for _ in 1...Self.triesMax {
            // Claimed before it is asked for: who orders beside this one asks for the next.
            let claimed = claim(room, from: from, nights: nights)
            guard let free = try await firstFree(room, from: claimed, nights: nights), free != claimed else {
                return Self.text(of: claimed)
            }
            from = free
        }
        throw WireProblem(
            "busy", status: 429, title: "Busy",
            detail: "too many orders of room '\(room.prefix(40))' at once; nothing was accepted, try again in a moment")
    }

    private func claim(_ room: String, from: Int64, nights: Int64) -> Int64 {
        let now = ContinuousClock.now
        return given.withLock { given in
            if given.count >= Self.roomsMax { given = given.filter { now - $0.value.at < Self.keptFor } }
            var day = from
            if let last = given[room], now - last.at < Self.keptFor { day = max(day, last.next) }
            // With that many rooms in one minute two orders may get one day, and the second hold is refused.
            if given.count < Self.roomsMax { given[room] = Given(next: day + nights, at: now) }
            return day
        }
    }

    /// - Returns: `nil` where the service does not say: an order is accepted while it is away too, and told later whether the room was free.
    private func firstFree(_ room: String, from: Int64, nights: Int64) async throws -> Int64? {
        do {
            let answer = try await lists.get(
                .reservation, "/free", [("room", room), ("from", Self.text(of: from)), ("nights", "\(nights)")])
            return answer.body["checkIn"]?.stringValue.flatMap { Timestamp(rfc3339: $0 + "T00:00:00Z") }
                .map { $0.seconds / Self.secondsOfDay }
        } catch let problem as WireProblem where problem.code == "participant-away" {
            return nil
        }
    }

    private static func text(of day: Int64) -> String {
        String(Timestamp(seconds: day * secondsOfDay).rfc3339.prefix { $0 != "T" })
    }
}
