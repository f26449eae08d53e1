import ControlAPI
import TestPrograms
import Testing

/// `GET /v1/sagas` and `GET /v1/sagas/{id}`.
@Suite(.timeLimit(.minutes(30))) struct SagaTests {
    @Test func `a saga that waits shows its way, its timers and its signals`() async throws {
        try await Desk.open { desk in
            desk.participants.script("payment.charge", .result(#"{"receipt":"r-1"}"#))
            let id = try await desk.start()
            let answer = try await desk.ask("GET /v1/sagas/\(id)")
            #expect(
                answer == """
                    HTTP/1.1 200 OK
                    Content-Type: application/json

                    {"id":"\(id)","serial":1,"key":"\(id)","workflow":"order","version":"1","state":"Reserved","status":"waiting",\
                    "startedAt":"2027-01-01T10:00:00.000Z","updatedAt":"2027-01-01T10:00:00.000Z","input":{"name":"Ann",\
                    "cardNo":"***","amount":100},"vars":{"receipt":"r-1"},"attributes":{"guest":"Ann","receipt":"r-1"},\
                    "steps":[{"number":4,"state":"Paying","call":"payment.charge","outcome":"succeeded","armed":true,\
                    "key":"\(id).4","attempts":1}],"timers":[{"name":"72h","due":"2027-01-04T10:00:00.000Z"}],\
                    "signals":["confirm","reject","pick"]}
                    """)
        }
    }

    @Test func `a cancelled saga shows what was undone`() async throws {
        try await Desk.open { desk in
            let id = try await desk.start()
            _ = try await desk.ask("POST /v1/sagas/\(id)/cancel?wait=ended")
            let answer = try await desk.ask("GET /v1/sagas/\(id)")
            #expect(
                answer.hasSuffix(
                    """
                    "steps":[{"number":4,"state":"Paying","call":"payment.charge","outcome":"compensated","armed":false,\
                    "key":"\(id).4","attempts":1,"undo":"payment.refund","undoAttempts":1}],"timers":[],"signals":[],\
                    "cancel":"accepted"}
                    """), "\(answer)")
        }
    }

    @Test func `an id may be written in any way that names it alone`() async throws {
        try await Desk.open { desk in
            let id = try await desk.start()
            let whole = try await desk.ask("GET /v1/sagas/\(id)")
            let digits = id.replacing("-", with: "")
            for name in [
                id.uppercased(), digits, String(id.prefix(8)), String(id.prefix(9)), String(digits.prefix(31)),
                "%3" + id.prefix(1) + id.dropFirst(), id.replacing("-", with: "%2D"),
            ] {
                #expect(try await desk.ask("GET /v1/sagas/\(name)") == whole, "\(name)")
            }
        }
    }

    @Test func `a prefix that two sagas have is 409 and does nothing to either`() async throws {
        try await Desk.open { desk in
            let first = try await desk.start()
            let second = try await desk.start()
            let prefix = first.prefix(8)
            try #require(second.hasPrefix(prefix))
            for request in [
                "GET /v1/sagas/\(prefix)", "GET /v1/sagas/\(prefix)/history", "GET /v1/sagas/\(prefix)/history?follow",
                "POST /v1/sagas/\(prefix)/cancel", "POST /v1/sagas/\(prefix)/signals/confirm",
            ] {
                let answer = try await desk.ask(request)
                #expect(
                    answer == """
                        HTTP/1.1 409 Conflict
                        Content-Type: application/problem+json

                        {"type":"urn:yogiyogi:problem:ambiguous","title":"Ambiguous id","status":409,"detail":"'\(prefix)' \
                        begins the ids of 2 sagas; give more digits","matches":2}
                        """, "\(request)")
            }
            #expect(try await desk.sagas().allSatisfy { $0.state == "Reserved" && $0.cancel == nil })
        }
    }

    static let absent = "01a2d0b1-2500-7000-8000-000000000001"

    @Test(arguments: [
        "GET /v1/sagas/\(absent)", "GET /v1/sagas/\(absent)?wait=ended", "GET /v1/sagas/\(absent)/history",
        "GET /v1/sagas/\(absent)/history?follow", "POST /v1/sagas/\(absent)/cancel",
        "POST /v1/sagas/\(absent)/signals/confirm",
    ])
    func `an unknown id is 404`(request: String) async throws {
        try await Desk.open { desk in
            let answer = try await desk.ask(request)
            #expect(
                answer == """
                    HTTP/1.1 404 Not Found
                    Content-Type: application/problem+json

                    {"type":"urn:yogiyogi:problem:not-found","title":"No such saga","status":404,"detail":"there is no saga \
                    '\(Self.absent)'"}
                    """)
        }
    }

    @Test(arguments: [
        ("01a2d0b", "01a2d0b"), ("nonsense", "nonsense"), ("%00%22", #"\u0000\""#), ("%F0%9F%92%B3", "\u{1F4B3}"),
        ("01a2d0b1-2500-7000-8000-0000000000011", "01a2d0b1-2500-7000-8000-0000000000011"),
        ("01a2d0b12-500", "01a2d0b12-500"),
    ])
    func `what is no id is 400`(path: String, shown: String) async throws {
        try await Desk.open { desk in
            for request in ["GET /v1/sagas/\(path)", "GET /v1/sagas/\(path)/history", "POST /v1/sagas/\(path)/cancel"] {
                let answer = try await desk.ask(request)
                #expect(
                    answer == """
                        HTTP/1.1 400 Bad Request
                        Content-Type: application/problem+json

                        {"type":"urn:yogiyogi:problem:bad-id","title":"Bad id","status":400,"detail":"'\(shown)' is no saga \
                        id, nor the first 8 digits or more of one, nor a workflow's name and a serial, as in reservation:17"}
                        """)
            }
        }
    }

    @Test func `a list has the newest first, page after page`() async throws {
        try await Desk.open { desk in
            var ids: [String] = []
            for number in 1...3 {
                ids.insert(try await desk.start(#","key":"k-\#(number)""#), at: 0)
                desk.advance(milliseconds: 1_000)
            }
            let empty = try await desk.ask("GET /v1/sagas?status=stuck")
            #expect(empty == "HTTP/1.1 200 OK\nContent-Type: application/json\n\n{\"sagas\":[]}")
            let first = try await desk.ask("GET /v1/sagas?limit=2").withoutDigits
            #expect(
                first.hasPrefix("HTTP/1.1 200 OK\nContent-Type: application/json\n\n{\"sagas\":[{\"id\":\"\(ids[0])\",")
            )
            #expect(first.hasSuffix("],\"next\":\"\(ids[1])\"}"), "\(first)")
            #expect(!first.contains(ids[2]))
            let second = try await desk.ask("GET /v1/sagas?limit=2&after=\(ids[1])")
            #expect(second.contains("{\"sagas\":[{\"id\":\"\(ids[2])\",\"serial\":1,\"key\":\"k-1\","))
            #expect(second.hasSuffix("]}]}") || !second.contains("\"next\""), "\(second)")
        }
    }

    @Test func `a list shows what is asked of many, and not what one saga is`() async throws {
        try await Desk.open { desk in
            let id = try await desk.start(#","key":"k""#)
            let answer = try await desk.ask("GET /v1/sagas").withoutDigits
            #expect(
                answer == """
                    HTTP/1.1 200 OK
                    Content-Type: application/json

                    {"sagas":[{"id":"\(id)","serial":1,"key":"k","workflow":"order","version":"1","state":"Reserved","status":"waiting",\
                    "startedAt":"2027-01-01T10:00:00.000Z","updatedAt":"2027-01-01T10:00:00.000Z",\
                    "due":"2027-01-04T10:00:00.000Z","attributes":{"guest":"Ann","receipt":"none"}}]}
                    """)
        }
    }

    @Test func `a list may be limited by all that sagas are found by`() async throws {
        try await Desk.open { desk in
            let waiting = try await desk.start()
            let ended = try await desk.start()
            _ = try await desk.ask("POST /v1/sagas/\(ended)/cancel?wait=ended")
            for (query, ids) in [
                ("status=waiting", [waiting]), ("status=cancelled", [ended]), ("state=Reserved", [waiting]),
                ("state=Cancelled", [ended]), ("workflow=order", [ended, waiting]),
                ("where=guest:Ann", [ended, waiting]), ("where=guest:Bob", []),
                ("where=guest:An%6E", [ended, waiting]),
                ("where=guest:Ann&where=receipt:none&status=waiting", [waiting]),
            ] {
                var found: [String] = []
                let answer = try await desk.ask("GET /v1/sagas?\(query)")
                #expect(answer.hasPrefix("HTTP/1.1 200 OK\n"))
                for id in [ended, waiting] where answer.contains(#"{"id":"\#(id)""#) { found.append(id) }
                #expect(found == ids, "\(query)")
            }
        }
    }

    @Test(arguments: [
        ("limit=0", "'limit' is '0'; it must be a number from 1 to 1000"),
        ("limit=1001", "'limit' is '1001'; it must be a number from 1 to 1000"),
        ("limit", "'limit' is ''; it must be a number from 1 to 1000"),
        ("limit=ten", "'limit' is 'ten'; it must be a number from 1 to 1000"),
        ("after=01a2d0b1", "'after' is '01a2d0b1'; it must be the 'next' of a page before"),
        ("where=guest", "'where' is 'guest'; it must be ATTRIBUTE:VALUE"),
        (
            "status=wating",
            "'status' is 'wating'; it must be one of running, waiting, cancelling, compensating, stuck, paused, "
                + "succeeded, cancelled, terminated"
        ),
        (
            "stat=waiting",
            "unknown query parameter 'stat'; it takes 'workflow', 'serial', 'key', 'state', 'status', 'where', 'alarms', "
                + "'limit', 'after'"
        ),
    ])
    func `a list that cannot be had is 400`(query: String, detail: String) async throws {
        try await Desk.open { desk in
            let answer = try await desk.ask("GET /v1/sagas?\(query)")
            #expect(
                answer == """
                    HTTP/1.1 400 Bad Request
                    Content-Type: application/problem+json

                    {"type":"urn:yogiyogi:problem:bad-request","title":"Bad request","status":400,"detail":"\(detail)"}
                    """)
        }
    }
}
