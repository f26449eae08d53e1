import ControlAPI
import SagaCore
import SagaEngine
import TestPrograms
import Testing

/// HTTP/1.1 as the socket speaks it.
@Suite(.timeLimit(.minutes(30))) struct ProtocolTests {
    private static let healthy =
        "HTTP/1.1 200 OK\nContent-Type: application/json\n\n"
        + #"{"healthy":true,"detail":"the loop and the store make progress"}"#

    @Test(arguments: ControlAPI.Route.allCases, ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
    func `a method that a route does not take is 405 with those that it takes`(route: ControlAPI.Route, method: String)
        async throws
    {
        guard !route.methods.contains(method) else { return }
        try await Desk.open { desk in
            let answer = try await desk.ask("\(method) \(route.path("01a2d0b1", "confirm", "go"))")
            let takes = route.methods.joined(separator: " and ")
            let allow = route.methods.map { "\"\($0)\"" }.joined(separator: ",")
            #expect(
                answer == """
                    HTTP/1.1 405 Method Not Allowed
                    Content-Type: application/problem+json
                    Allow: \(route.methods.joined(separator: ", "))

                    {"type":"urn:yogiyogi:problem:method-not-allowed","title":"Method not allowed","status":405,"detail":\
                    "\(method) is not for \(route.rawValue); it takes \(takes)","allow":[\(allow)]}
                    """)
        }
    }

    @Test(arguments: [
        "/v1", "/v2/health", "/v1/sagas/01a2d0b1/nothing", "/v1/sagas/01a2d0b1/signals", "/v1/health/x",
        "/v1%2Fhealth", "/v1/health%2F", "*",
    ])
    func `what is no route is 404 with the routes that are`(path: String) async throws {
        try await Desk.open { desk in
            let answer = try await desk.ask("GET \(path)")
            #expect(
                answer == """
                    HTTP/1.1 404 Not Found
                    Content-Type: application/problem+json

                    {"type":"urn:yogiyogi:problem:no-such-route","title":"No such route","status":404,"detail":"there is \
                    nothing at '\(path)'; the routes are /, /v1/openapi.json, /v1/health, /v1/status, /v1/reload, /v1/sagas, \
                    /v1/sagas/{id}, \
                    /v1/sagas/{id}/history, /v1/sagas/{id}/signals/{name}, /v1/sagas/{id}/cancel, \
                    /v1/sagas/{id}/retry, /v1/sagas/{id}/settle, /v1/sagas/{id}/skip, /v1/sagas/{id}/pause, \
                    /v1/sagas/{id}/resume, /v1/sagas/{id}/terminate, /v1/effects, /v1/jobs, /v1/jobs/{id}, /v1/resume, \
                    /v1/workflows, /v1/workflows/{name}, /v1/workflows/{name}/migrate, \
                    /v1/workflows/{name}/keys/{key}/signals/{signal}, /v1/views/{view}, \
                    /v1/views/{view}/rebuild, /v1/rekey, /v1/backup, \
                    /v1/calls/{token}/complete, /v1/calls/{token}/refuse, /v1/calls/{token}/fail, \
                    /v1/calls/{token}/extend, /v1/calls/{token}/answer, /metrics, /v1/feed, /v1/feeds, \
                    /v1/feeds/{name}, /v1/feeds/{name}/ack, /v1/feeds/{name}/move"}
                    """)
        }
    }

    @Test(arguments: [
        ("GET /v1/health", "this route takes none"), ("GET /v1/status", "this route takes none"),
        ("GET /v1/workflows", "this route takes none"), ("GET /v1/workflows/order", "this route takes none"),
        ("GET /v1/views/mine", "it takes 'key', 'limit', 'after'"),
        (
            "GET /v1/sagas",
            "it takes 'workflow', 'serial', 'key', 'state', 'status', 'where', 'alarms', 'limit', 'after'"
        ),
        ("POST /v1/sagas", "it takes 'wait', 'timeout'"), ("GET /v1/sagas/01a2d0b1", "it takes 'wait', 'timeout'"),
        ("GET /v1/sagas/01a2d0b1/history", "it takes 'follow', 'after', 'limit'"),
        ("POST /v1/reload", "this route takes none"),
        ("POST /v1/sagas/01a2d0b1/cancel", "it takes 'wait', 'timeout'"),
        ("POST /v1/sagas/01a2d0b1/retry", "it takes 'wait', 'timeout'"),
        ("GET /v1/effects", "it takes 'participant', 'status', 'outcome', 'limit', 'after'"),
        ("GET /v1/jobs", "it takes 'limit', 'after'"), ("GET /v1/jobs/1", "it takes 'limit', 'after'"),
        ("POST /v1/jobs", "this route takes none"), ("POST /v1/workflows/order/migrate", "this route takes none"),
        ("POST /v1/sagas/01a2d0b1/signals/confirm", "it takes 'wait', 'timeout'"),
    ])
    func `an unknown query parameter is 400 on every route`(request: String, takes: String) async throws {
        try await Desk.open { desk in
            let answer = try await desk.ask("\(request)?verbose=1")
            #expect(
                answer == """
                    HTTP/1.1 400 Bad Request
                    Content-Type: application/problem+json

                    {"type":"urn:yogiyogi:problem:bad-request","title":"Bad request","status":400,"detail":"unknown query \
                    parameter 'verbose'; \(takes)"}
                    """)
        }
    }

    @Test func `a chunked body is read as any other`() async throws {
        try await Desk.open { desk in
            let socket = try RawSocket(desk.path)
            try await socket.send(Desk.message("POST /v1/sagas?wait=settled", ["Transfer-Encoding: chunked"]))
            let body = Desk.startBody(#","key":"k-1""#)
            for byte in body.utf8 { try await socket.send([0x31, 0x0D, 0x0A, byte, 0x0D, 0x0A]) }
            try await socket.send("0\r\n\r\n")
            #expect(try await socket.answer().hasPrefix("HTTP/1.1 201 Created\n"))
            #expect(try await desk.sagas()[0].key == "k-1")
        }
    }

    @Test func `requests that come at once are answered in order`() async throws {
        try await Desk.open { desk in
            let socket = try RawSocket(desk.path)
            try await socket.send(
                Desk.message("POST /v1/sagas?wait=settled", body: Desk.startBody(#","key":"k-1""#))
                    + Desk.message("GET /v1/nothing") + Desk.message("GET /v1/health"))
            #expect(try await socket.answer().hasPrefix("HTTP/1.1 201 Created\n"))
            #expect(try await socket.answer().hasPrefix("HTTP/1.1 404 Not Found\n"))
            #expect(try await socket.answer() == Self.healthy)
        }
    }

    @Test(arguments: [
        "\u{0}\u{1}garbage\r\n\r\n", "SSH-2.0-OpenSSH_9\r\n\r\n", "GET /v1/health HTTP/3.0\r\n\r\n", "{}\r\n\r\n",
    ])
    func `garbage behind a request is 400 after its answer, and ends only its connection`(garbage: String) async throws
    {
        try await Desk.open { desk in
            let other = try RawSocket(desk.path)
            let socket = try RawSocket(desk.path)
            try await socket.send(
                Desk.message("POST /v1/sagas?wait=settled", body: Desk.startBody(#","key":"k-1""#)) + garbage)
            #expect(try await socket.answer().hasPrefix("HTTP/1.1 201 Created\n"))
            let told = try await socket.readToEnd()
            #expect(told.hasPrefix("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n"), "\(told)")
            #expect(told.contains(#""type":"urn:yogiyogi:problem:malformed-request""#))
            try await other.send(Desk.message("GET /v1/sagas?state=Reserved"))
            #expect(try await other.answer().contains(#""key":"k-1""#))
        }
    }

    @Test(arguments: [
        "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}", "Content-Length: x\r\n\r\n{}",
        "Content-Length: -1\r\n\r\n{}", "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n", "Bad Field : x\r\n\r\n",
    ])
    func `a message whose end is in doubt is 400 and starts nothing`(rest: String) async throws {
        try await Desk.open { desk in
            let socket = try RawSocket(desk.path)
            try await socket.send("POST /v1/sagas HTTP/1.1\r\nHost: x\r\n" + rest)
            let told = try await socket.readToEnd()
            #expect(told.hasPrefix("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n"), "\(told)")
            #expect(told.contains(#""type":"urn:yogiyogi:problem:malformed-request""#))
            #expect(try await desk.sagas().isEmpty)
        }
    }

    @Test func `HTTP/1.0 is answered and its connection closed`() async throws {
        try await Desk.open { desk in
            let socket = try RawSocket(desk.path)
            try await socket.send("GET /v1/health HTTP/1.0\r\n\r\n")
            let answer = try await socket.readToEnd()
            #expect(
                answer == """
                    HTTP/1.0 200 OK\r
                    Content-Type: application/json\r
                    Content-Length: 64\r
                    Connection: close\r
                    \r
                    {"healthy":true,"detail":"the loop and the store make progress"}
                    """)
        }
    }

    @Test func `HTTP/1.0 gets a stream without chunks, up to the end of its connection`() async throws {
        try await Desk.open { desk in
            desk.participants.script("payment.charge", .refused(code: "declined", message: "no"))
            let id = try await desk.start(wait: "ended")
            let socket = try RawSocket(desk.path)
            try await socket.send("GET /v1/sagas/\(id)/history?follow HTTP/1.0\r\n\r\n")
            let head = try await socket.read(through: "\r\n\r\n")
            #expect(head.hasPrefix("HTTP/1.0 200 OK\r\n"))
            #expect(!head.lowercased().contains("transfer-encoding"))
            let lines = try await socket.readToEnd().split(separator: "\n")
            #expect(lines.count == 8)
            #expect(lines.allSatisfy { $0.hasPrefix("{") && $0.hasSuffix("}") })
        }
    }

    @Test(arguments: ["Connection: close", "Connection: Close", "connection: foo, CLOSE"])
    func `a client that wants no more requests gets its connection closed`(field: String) async throws {
        try await Desk.open { desk in
            let socket = try RawSocket(desk.path)
            try await socket.send(Desk.message("GET /v1/health", [field]))
            #expect(try await socket.answer() == Self.healthy.replacing("\n\n", with: "\nConnection: close\n\n"))
            #expect(try await socket.readToEnd() == "")
        }
    }

    @Test(arguments: ["/v1/health", "/v1/sagas", "/v1/sagas/{id}", "/v1/sagas/{id}/history", "/v1/workflows", "/v1/no"])
    func `HEAD is answered as GET is, with the length and without the body`(path: String) async throws {
        try await Desk.open { desk in
            let path = path.replacing("{id}", with: try await desk.start())
            let socket = try RawSocket(desk.path)
            let get = Desk.message("GET \(path)")
            try await socket.send(get + Desk.message("HEAD \(path)") + get)
            let head = try await socket.read(through: "\r\n\r\n")
            let field = try #require(head.split(separator: "\r\n").first { $0.hasPrefix("Content-Length: ") })
            let length = try #require(Int(field.dropFirst("Content-Length: ".count)))
            #expect(length > 0)
            // The body of GET, then at once the head of HEAD, then that of the next.
            let rest = try await socket.read(through: "\r\n\r\n")
            #expect(rest.utf8.dropFirst(length).elementsEqual(head.utf8))
            #expect(try await socket.read(through: "\r\n\r\n") == head)
        }
    }

    @Test func `HEAD of a stream leaves the connection in step`() async throws {
        try await Desk.open { desk in
            let id = try await desk.start()
            let socket = try RawSocket(desk.path)
            try await socket.send(Desk.message("HEAD /v1/sagas/\(id)/history?follow") + Desk.message("GET /v1/health"))
            #expect(try await socket.read(through: "\r\n\r\n").hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(try await socket.answer() == Self.healthy)
        }
    }

    @Test func `a client that waits with its body is told to go on, or that it is too large`() async throws {
        try await Desk.open { desk in
            let socket = try RawSocket(desk.path)
            let body = Desk.startBody(#","key":"k-1""#)
            let wait = ["Expect: 100-continue", "Content-Length: \(body.utf8.count)"]
            try await socket.send(Desk.message("POST /v1/sagas?wait=settled", wait))
            #expect(try await socket.read(through: "\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n")
            try await socket.send(body)
            #expect(try await socket.answer().hasPrefix("HTTP/1.1 201 Created\n"))
            // Whatever can be refused without the body is.
            for (target, status) in [("/v1/sagas", 413), ("/v1/sagas?verbose=1", 400), ("/v1/status", 405)] {
                let other = try RawSocket(desk.path)
                let wait = ["Expect: 100-continue", "Content-Length: 52428800"]
                try await other.send(Desk.message("POST \(target)", wait))
                let answer = try await other.readToEnd()
                #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(answer)")
                #expect(answer.contains("\r\nConnection: close\r\n"))
            }
        }
    }

    @Test(arguments: [
        ("/v1/sagas/%zz", "the path has a '%' without two hexadecimal digits behind it in '%zz'"),
        ("/v1/sagas/%4", "the path has a '%' without two hexadecimal digits behind it in '%4'"),
        ("/v1/sagas/%+1", "the path has a '%' without two hexadecimal digits behind it in '%+1'"),
        ("/v1/%", "the path has a '%' without two hexadecimal digits behind it in '%'"),
        ("/v1/views/%ff", "the path is no UTF-8 where it is percent-decoded: '%ff'"),
        ("/v1/views/%c0%af", "the path is no UTF-8 where it is percent-decoded: '%c0%af'"),
        ("/v1/sagas?where=a%ZZ", "the query has a '%' without two hexadecimal digits behind it in 'a%ZZ'"),
        ("/v1/sagas?%ff=1", "the query is no UTF-8 where it is percent-decoded: '%ff'"),
        ("/v1/sagas?where=guest:정", "what is not ASCII, and spaces, must be percent-encoded"),
        ("/v1/sagas/정", "what is not ASCII, and spaces, must be percent-encoded"),
        ("/v1/sagas?%EC%A0%95=1", "unknown query parameter '정'"),
        ("/v1/sagas/a%2Fb", "'a/b' is no saga id"), ("/v1/sagas/%00%0a", "is no saga id"),
        ("/v1/sagas?where=\(String(repeating: "a", count: 40_000))", "the request line or a header field is too long"),
    ])
    func `a target that cannot be read is 400 in words`(target: String, words: String) async throws {
        try await Desk.open { desk in
            let answer = try await desk.ask("GET \(target)")
            #expect(answer.hasPrefix("HTTP/1.1 400 Bad Request\n"), "\(answer)")
            #expect(answer.contains(words), "\(answer)")
        }
    }

    @Test func `names in UTF-8 are found when they are percent-encoded, in a path and in a query`() async throws {
        try await Desk.open { desk in
            let body = Desk.startBody(#","key":"예약 1/2""#, name: "정우")
            #expect(try await desk.ask("POST /v1/sagas?wait=settled", body: body).hasPrefix("HTTP/1.1 201 Created\n"))
            let listed = try await desk.ask("GET /v1/sagas?wh%65re=guest:%EC%A0%95%EC%9A%B0")
            #expect(listed.contains(#""key":"예약 1/2""#), "\(listed)")
            let key = ControlAPI.Route.encoded("예약 1/2")
            let told = try await desk.ask("POST /v1/workflows/order/keys/\(key)/signals/confirm")
            #expect(told.contains(#""answer":"handled""#), "\(told)")
        }
    }

    @Test func `a number that cannot be kept is refused where it comes in, with its pointer`() async throws {
        try await Desk.open { desk in
            let id = try await desk.start()
            let big = "123456789012345678901234567890"
            for (target, body, pointer) in [
                ("", #"{"workflow":"order","input":{"name":"Ann","cardNo":"4","amount":\#(big)}}"#, "/input/amount"),
                ("/\(id)/signals/pick", #"{"data":{"rooms":[1,-9223372036854775809]}}"#, "/data/rooms/1"),
                (
                    "/\(id)/settle",
                    #"{"reason":"r","step":4,"as":"succeeded","result":{"paid":18446744073709551616}}"#,
                    "/result/paid"
                ),
            ] {
                let answer = try await desk.ask("POST /v1/sagas\(target)", body: body)
                #expect(answer.hasPrefix("HTTP/1.1 422 Unprocessable Entity\n"), "\(answer)")
                #expect(answer.contains(#""type":"urn:yogiyogi:problem:unfit-number""#))
                #expect(answer.contains(#""faults":[{"pointer":"\#(pointer)","#), "\(answer)")
            }
            let kept = #"{"workflow":"order","input":{"name":"Ann","cardNo":"4","amount":18446744073709551615}}"#
            let answer = try await desk.ask("POST /v1/sagas", body: kept)
            #expect(answer.contains(#""amount":18446744073709551615"#), "\(answer)")
        }
    }

    @Test func `a path may be whole, have empty segments, and be percent-encoded where it names something`()
        async throws
    {
        try await Desk.open { desk in
            let id = try await desk.start()
            for target in ["http://localhost/v1/health", "//v1//health", "/v1/health/", "/%761/he%61lth"] {
                #expect(try await desk.ask("GET \(target)") == Self.healthy, "\(target)")
            }
            let confirmed = try await desk.ask("POST /v1/sagas/\(id)/signals/%63onfir%6D?wait=en%64ed")
            #expect(confirmed.contains(#""state":"Confirmed","status":"succeeded""#))
        }
    }

    @Test func `a hundred clients at once are each answered with their own saga`() async throws {
        try await Desk.open { desk in
            let keys = try await withThrowingTaskGroup(of: (String, String).self) { group in
                for number in 1...100 {
                    group.addTask {
                        let key = "k-\(number % 50)"
                        return (key, try await desk.start(#","key":"\#(key)""#))
                    }
                }
                return try await group.reduce(into: [:]) { $0[$1.0, default: Set<String>()].insert($1.1) }
            }
            // Two starts of one key are one saga, whichever came first.
            #expect(keys.count == 50)
            #expect(keys.values.allSatisfy { $0.count == 1 })
            #expect(Set(keys.values.flatMap(\.self)).count == 50)
            #expect(desk.participants.count("payment.charge") == 50)
        }
    }
}
