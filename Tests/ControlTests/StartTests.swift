import ControlAPI
import ControlClient
import TestPrograms
import Testing

/// `POST /v1/sagas`.
@Suite(.timeLimit(.minutes(30))) struct StartTests {
    @Test func `a start is 201 with the place of the saga`() async throws {
        try await Desk.open { desk in
            desk.participants.hold("payment.charge")
            let answer = try await desk.ask("POST /v1/sagas", body: Desk.startBody())
            let id = try await desk.only()
            #expect(
                answer == """
                    HTTP/1.1 201 Created
                    Location: /v1/sagas/\(id)
                    Content-Type: application/json

                    {"id":"\(id)","serial":1,"key":"\(id)","workflow":"order","version":"1","state":"Paying","status":"running",\
                    "startedAt":"2027-01-01T10:00:00.000Z","updatedAt":"2027-01-01T10:00:00.000Z","input":{"name":"Ann",\
                    "cardNo":"***","amount":100},"vars":{},"attributes":{"guest":"Ann","receipt":"none"},"steps":[{\
                    "number":4,"state":"Paying","call":"payment.charge","outcome":"none","armed":true,"key":"\(id).4",\
                    "attempts":1}],"timers":[{"name":"10m","due":"2027-01-01T10:10:00.000Z"}],"signals":["confirm"]}
                    """)
        }
    }

    @Test func `the same key with the same input is 200 and the saga that exists`() async throws {
        try await Desk.open { desk in
            let first = try await desk.ask("POST /v1/sagas?wait=settled", body: Desk.startBody(#","key":"k-1""#))
            let second = try await desk.ask("POST /v1/sagas?wait=settled", body: Desk.startBody(#","key":"k-1""#))
            #expect(first.hasPrefix("HTTP/1.1 201 Created\n"))
            #expect(second == first.replacing("201 Created", with: "200 OK"))
            #expect(try await desk.sagas().count == 1)
            #expect(desk.participants.calls.count == 1)
        }
    }

    @Test func `a live saga's key with another input is 409`() async throws {
        try await Desk.open { desk in
            let id = try await desk.start(#","key":"k-1""#)
            let answer = try await desk.ask("POST /v1/sagas", body: Desk.startBody(#","key":"k-1""#, name: "Bob"))
            #expect(
                answer == """
                    HTTP/1.1 409 Conflict
                    Content-Type: application/problem+json

                    {"type":"urn:yogiyogi:problem:key-conflict","title":"Key conflict","status":409,"detail":"the key \
                    'k-1' belongs to live saga \(id), which was started with another input","saga":"\(id)"}
                    """)
            #expect(try await desk.sagas().count == 1)
        }
    }

    @Test func `the key of an ended saga may be used for another input`() async throws {
        try await Desk.open { desk in
            let id = try await desk.start(#","key":"k-1""#)
            _ = try await desk.ask("POST /v1/sagas/\(id)/cancel?wait=ended")
            let answer = try await desk.ask("POST /v1/sagas", body: Desk.startBody(#","key":"k-1""#, name: "Bob"))
            #expect(answer.hasPrefix("HTTP/1.1 201 Created\n"))
            #expect(try await desk.sagas().count == 2)
        }
    }

    @Test func `an input that does not fit is 422 with a pointer to each fault`() async throws {
        try await Desk.open { desk in
            let body = #"{"workflow":"order","input":{"cardNo":4111111111111111,"amount":-1.5,"a/b~c":1,"nmae":"Ann"}}"#
            let answer = try await desk.ask("POST /v1/sagas", body: body)
            #expect(
                answer == """
                    HTTP/1.1 422 Unprocessable Entity
                    Content-Type: application/problem+json

                    {"type":"urn:yogiyogi:problem:invalid-input","title":"Invalid input","status":422,"detail":"the input \
                    does not fit the workflow: /name: is required; /cardNo: must be a string, is a whole number; /amount: \
                    must be an integer, is a number with a fraction; /a~1b~0c: is not known; /nmae: is not known; did you \
                    mean 'name'?","faults":[{"pointer":"/name","message":"is required"},{"pointer":"/cardNo","message":\
                    "must be a string, is a whole number"},{"pointer":"/amount","message":"must be an integer, is a number \
                    with a fraction"},{"pointer":"/a~1b~0c","message":"is not known"},{"pointer":"/nmae","message":\
                    "is not known; did you mean 'name'?"}]}
                    """)
            #expect(try await desk.sagas().isEmpty)
        }
    }

    @Test func `no input at all is an empty one`() async throws {
        try await Desk.open { desk in
            let answer = try await desk.ask("POST /v1/sagas", body: #"{"workflow":"order"}"#)
            #expect(
                answer.hasSuffix(
                    """
                    "faults":[{"pointer":"/name","message":"is required"},{"pointer":"/cardNo","message":"is required"},\
                    {"pointer":"/amount","message":"is required"}]}
                    """))
        }
    }

    @Test func `an unknown workflow and an unknown version are 404 with those that are known`() async throws {
        try await Desk.open { desk in
            let answer = try await desk.ask("POST /v1/sagas", body: #"{"workflow":"ordre"}"#)
            #expect(
                answer == """
                    HTTP/1.1 404 Not Found
                    Content-Type: application/problem+json

                    {"type":"urn:yogiyogi:problem:unknown-workflow","title":"No such workflow","status":404,"detail":\
                    "there is no workflow 'ordre'; known: order","known":["order"]}
                    """)
            let other = try await desk.ask("POST /v1/sagas", body: #"{"workflow":"order","version":"2"}"#)
            #expect(
                other == """
                    HTTP/1.1 404 Not Found
                    Content-Type: application/problem+json

                    {"type":"urn:yogiyogi:problem:unknown-version","title":"No such version of workflow 'order'",\
                    "status":404,"detail":"there is no version of workflow 'order' '2'; known: 1","known":["1"]}
                    """)
        }
    }

    @Test(arguments: [
        ("", "the body has no 'workflow'"),
        ("{}", "the body has no 'workflow'"),
        ("[]", "the body must be a JSON object with 'workflow', 'version', 'key', 'input'"),
        (#"{"workflow":7}"#, "'workflow' must be a string"),
        (#"{"workflow":"order","version":1}"#, "'version' must be a string"),
        (#"{"workflow":"order","key":""}"#, "'key' is empty"),
        (#"{"workflow":"order","key":["k"]}"#, "'key' must be a string"),
        (
            #"{"workflow":"order","inptu":{}}"#,
            "the body has the unknown member 'inptu'; it takes 'workflow', 'version', 'key', 'input'"
        ),
    ])
    func `a body that is no start is 400`(body: String, detail: String) async throws {
        try await Desk.open { desk in
            let answer = try await desk.ask("POST /v1/sagas", body: body)
            #expect(
                answer == """
                    HTTP/1.1 400 Bad Request
                    Content-Type: application/problem+json

                    {"type":"urn:yogiyogi:problem:bad-request","title":"Bad request","status":400,"detail":"\(detail)"}
                    """)
        }
    }

    @Test(arguments: [
        ("{", 1, "the text ends where a key in double quotes is expected"),
        (#"{"a":1,"a":2}"#, 0, "duplicate key 'a' in the object"),
        ("nul", 0, "unknown word; only true, false and null are words of JSON"),
        (#"{"a":01}"#, 5, "a number must not begin with 0"),
        (#""\ud800""#, 1, "a lone surrogate is no character"),
        (#"{"workflow":"order"} x"#, 21, "unexpected 'x' where the end is expected"),
    ])
    func `a body that is no JSON is 400 with the place`(body: String, offset: Int, message: String) async throws {
        try await Desk.open { desk in
            let answer = try await desk.ask("POST /v1/sagas", body: body)
            #expect(
                answer == """
                    HTTP/1.1 400 Bad Request
                    Content-Type: application/problem+json

                    {"type":"urn:yogiyogi:problem:malformed-json","title":"Malformed JSON","status":400,"detail":"the body \
                    is no JSON at line 1, column \(offset + 1): \(message)","offset":\(offset),"line":1,\
                    "column":\(offset + 1)}
                    """)
        }
    }

    @Test func `bytes that are no UTF-8 are 400`() async throws {
        try await Desk.open { desk in
            let socket = try RawSocket(desk.path)
            try await socket.send(
                Array("POST /v1/sagas HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n\"".utf8) + [0xFF, 0x22])
            let answer = try await socket.answer()
            #expect(
                answer == """
                    HTTP/1.1 400 Bad Request
                    Content-Type: application/problem+json

                    {"type":"urn:yogiyogi:problem:malformed-json","title":"Malformed JSON","status":400,"detail":"the body \
                    is no JSON at line 1, column 2: invalid UTF-8","offset":1,"line":1,"column":2}
                    """)
        }
    }
}

extension Desk {
    /// All sagas, newest first.
    func sagas() async throws -> [SagaListItem] {
        var sagas: [SagaListItem] = []
        try await withClient { sagas = try await $0.list().sagas }
        return sagas
    }

    /// The id of the only saga.
    func only() async throws -> String {
        let sagas = try await sagas()
        try #require(sagas.count == 1)
        return sagas[0].id
    }
}
