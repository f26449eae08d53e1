import CEL
import TestPrograms
import Testing

/// yogi-reservation as its callers see it.
@Suite struct ReservationTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    static func stay(_ room: String = "101", _ checkIn: String = "2026-12-30", _ nights: Int = 3) -> String {
        #"{"room":"\#(room)","checkIn":"\#(checkIn)","nights":\#(nights)}"#
    }

    func run<Result>(
        _ arguments: [String] = [], isolation: isolated (any Actor)? = #isolation,
        _ body: (ServiceProcess) async throws -> Result
    ) async throws -> Result {
        try await ServiceProcess.run("yogi-reservation", in: folder, arguments, body)
    }

    @Test func `a hold takes each night of the stay, over the turn of the year too`() async throws {
        try await run { service async throws in
            let reply = try await service.post("/hold", key: "h1", Self.stay())
            #expect(reply.status == 200)
            #expect(
                reply.text
                    == #"{"reservationId":"res-1","room":"101","checkIn":"2026-12-30","nights":3,"status":"held"}"#)
            #expect(
                try await service.get("/nights").text
                    == #"[{"room":"101","night":"2026-12-30","reservationId":"res-1","sagaId":"saga-1"},"#
                    + #"{"room":"101","night":"2026-12-31","reservationId":"res-1","sagaId":"saga-1"},"#
                    + #"{"room":"101","night":"2027-01-01","reservationId":"res-1","sagaId":"saga-1"}]"#)
        }
    }

    @Test func `a night that is held is refused, the nights beside it are free`() async throws {
        try await run { service async throws in
            _ = try await service.post("/hold", key: "h1", Self.stay())
            let reply = try await service.post("/hold", key: "h2", Self.stay("101", "2027-01-01", 2))
            #expect(reply.status == 409)
            #expect(
                reply.text
                    == #"{"type":"urn:yogi-reservation:problem:room-taken","title":"The room is taken","status":409,"#
                    + #""detail":"room '101' is taken in the night of 2027-01-01: choose other nights or another room","#
                    + #""code":"room-taken","room":"101","night":"2027-01-01"}"#)
            #expect(try await service.post("/hold", key: "h3", Self.stay("101", "2027-01-02", 2)).status == 200)
            #expect(try await service.post("/hold", key: "h4", Self.stay("101", "2026-12-29", 1)).status == 200)
            #expect(try await service.post("/hold", key: "h5", Self.stay("102")).status == 200)
        }
    }

    @Test func `of 60 holds of overlapping stays at the same time, no night is held twice`() async throws {
        try await run { service async throws in
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<60 {
                    group.addTask { [service] in
                        // Rooms a and b; stays of 3 nights that begin on one of 5 days.
                        let body = Self.stay(number % 2 == 0 ? "a" : "b", "2026-06-1\(number % 5)", 3)
                        return try await service.post("/hold", key: "h\(number)", saga: "s\(number)", body).status
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(Set(statuses) == [200, 409])
            let nights = try await service.get("/nights").json.listValue ?? []
            let places = Set(nights.map { "\($0["room"] ?? .null) \($0["night"] ?? .null)" })
            #expect(nights.count == 3 * statuses.count { $0 == 200 })
            #expect(places.count == nights.count)
        }
    }

    @Test func `a release frees the nights and is shown as a cancellation, once`() async throws {
        try await run { service async throws in
            let held = try await service.post("/hold", key: "h1", Self.stay())
            let release = try await service.post("/release", key: "r1", compensates: "h1", "{}")
            #expect(release.text == #"{"released":true,"reservationId":"res-1"}"#)
            #expect(try await service.post("/release", key: "r1", compensates: "h1", "{}") == release)
            #expect(try await service.get("/nights").text == "[]")
            #expect(try await service.get("/reservations").text == "[]")
            let cancellations = try await service.get("/cancellations").json.listValue ?? []
            #expect(cancellations.map { $0["kind"] } == ["released"])
            #expect(cancellations.first?["reservationId"] == "res-1")
            #expect(cancellations.first?["checkIn"] == "2026-12-30")
            let next = try await service.post("/hold", key: "h2", Self.stay())
            #expect(next.json["reservationId"] == "res-2")
            // A late repetition of the released hold is told what it was told, and holds nothing.
            #expect(try await service.post("/hold", key: "h1", Self.stay()) == held)
            #expect(try await service.get("/reservations").json.listValue?.count == 1)
        }
    }

    @Test func `rule 15: a release that comes first leaves a tombstone, and refuses the late hold`() async throws {
        try await run { service async throws in
            #expect(
                try await service.post("/release", key: "r1", compensates: "h1", "{}").text == #"{"released":false}"#)
            let late = try await service.post("/hold", key: "h1", Self.stay())
            #expect(late.status == 409)
            #expect(late.code == "fenced")
            #expect(try await service.get("/nights").text == "[]")
            #expect(try await service.get("/cancellations").json.listValue?.map { $0["kind"] } == ["tombstone"])
        }
    }

    @Test(arguments: [
        "{}", "", #"{"room":"101","checkIn":"2026-12-30","nights":3}"#, #"{"reservationId":"res-1"}"#,
    ])
    func `accept finds the reservation of the saga by whatever the body says`(body: String) async throws {
        try await run { service async throws in
            _ = try await service.post("/hold", key: "h1", saga: "s1", Self.stay())
            let accepted = try await service.post("/accept", key: "a1", saga: "s1", body)
            #expect(accepted.status == 200)
            #expect(accepted.json["status"] == "accepted")
            #expect(try await service.get("/reservations").json.listValue?.map { $0["status"] } == ["accepted"])
            let other = try await service.post("/accept", key: "a2", saga: "s2", body)
            #expect(other.status == 409)
            #expect(other.code == "not-held")
        }
    }

    @Test func `accept after the release is refused, and both releases of an accepted hold agree`() async throws {
        try await run { service async throws in
            _ = try await service.post("/hold", key: "h1", Self.stay())
            _ = try await service.post("/accept", key: "a1", "{}")
            let first = try await service.post("/release", key: "r1", compensates: "a1", "{}")
            #expect(first.text == #"{"released":true,"reservationId":"res-1"}"#)
            let second = try await service.post("/release", key: "r2", compensates: "h1", "{}")
            #expect(second.text == #"{"released":false,"reservationId":"res-1"}"#)
            #expect(try await service.get("/cancellations").json.listValue?.count == 1)
            #expect(try await service.post("/accept", key: "a2", "{}").code == "not-held")
        }
    }

    @Test(arguments: [(["--rooms", "101,suite"], "suite", "102"), (["--rooms", "2"], "2", "02")])
    func `with --rooms other names are no rooms`(arguments: [String], room: String, other: String) async throws {
        try await run(arguments) { service async throws in
            #expect(try await service.post("/hold", key: "h1", Self.stay(room)).status == 200)
            let reply = try await service.post("/hold", key: "h2", Self.stay(other))
            #expect(reply.status == 404)
            #expect(reply.code == "no-such-room")
        }
    }

    @Test(arguments: [
        ("null", #"the body is no object: send {\"room\", \"checkIn\", \"nights\"}"#),
        (#"{"checkIn":"2026-01-01","nights":1}"#, "'room' is required: a text of 1 to 100 bytes"),
        (stay("101", "2026-02-29"), "'checkIn' is required: a day that exists, as 2026-01-31"),
        (stay("101", "2026-1-1"), "'checkIn' is required: a day that exists, as 2026-01-31"),
        (stay("101", "2026-01-01", 0), "'nights' is required: a whole number, 1 to 366"),
        (stay("101", "2026-01-01", 367), "'nights' is required: a whole number, 1 to 366"),
    ])
    func `a hold that can never be is refused and says which member`(body: String, detail: String) async throws {
        try await run { service async throws in
            let reply = try await service.post("/hold", key: "h1", body)
            #expect(reply.status == 422)
            #expect(reply.text.contains(#""detail":"\#(detail)""#))
            #expect(try await service.get("/nights").text == "[]")
        }
    }
}
