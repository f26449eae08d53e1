import CEL
import SagaCore
import SagaEngine
import Synchronization
import Testing

@testable import Participants

/// `${ source }` as a whole value.
func expression(_ source: String) throws -> Template { .formula(Formula(expression: try Expression(source))) }

/// What an operation's mapping makes of a call, part by part.
struct OperationTests {
    private func formed(
        _ mapping: OperationMapping, _ request: String, key: String = "k-1", secrets: [String: BearerToken] = [:]
    ) throws -> FormedRequest {
        try FormedRequest(mapping, .sample(key: key, request: request), secrets: secrets)
    }

    private func path(_ template: String, _ request: String) throws -> String {
        try formed(OperationMapping(path: PathTemplate(template)), request).path
    }

    private func fault(_ work: () throws -> Void) -> String? {
        do {
            try work()
            return nil
        } catch {
            return "\(error)"
        }
    }

    @Test(arguments: [
        (#"{"a":"7"}"#, "/x/7/y"), (#"{"a":7}"#, "/x/7/y"), (#"{"a":true}"#, "/x/true/y"), (#"{"a":1.5}"#, "/x/1.5/y"),
        (#"{"a":"a/b?c#d"}"#, "/x/a%2Fb%3Fc%23d/y"), (#"{"a":"Zum Löwen"}"#, "/x/Zum%20L%C3%B6wen/y"),
        (#"{"a":"%2e%2e"}"#, "/x/%252e%252e/y"), (#"{"a":"..."}"#, "/x/.../y"),
        (#"{"a":"\r\nHost: evil"}"#, "/x/%0D%0AHost%3A%20evil/y"),
        (#"{"a":"{b}","b":"c"}"#, "/x/%7Bb%7D/y"), (#"{"a":"\u0000"}"#, "/x/%00/y"),
    ])
    func `a member of the request is one segment of the path, whatever it says`(request: String, path: String) throws {
        #expect(try self.path("/x/{a}/y", request) == path)
    }

    @Test(arguments: [
        (#"{}"#, "{a} of the path is not in the request"), (#"{"a":null}"#, "{a} of the path is null"),
        (#"{"a":[1]}"#, "{a} of the path is a list"), (#"{"a":{}}"#, "{a} of the path is a map"),
        (#"{"a":""}"#, "{a} of the path is empty"), (#"7"#, "{a} of the path is not in the request"),
        (#"{"a":".."}"#, "a member gives a segment '.' or '..' of the path '/x/{a}/y', which leads elsewhere"),
        (#"{"a":"."}"#, "a member gives a segment '.' or '..' of the path '/x/{a}/y', which leads elsewhere"),
    ])
    func `a member that no path can hold is told`(request: String, words: String) throws {
        #expect(fault { _ = try self.path("/x/{a}/y", request) } == words)
    }

    @Test func `members of members and several of one segment`() throws {
        let request = #"{"request":{"room":7},"result":{"id":"b-1"},"a":"."}"#
        #expect(try path("/b/{result.id}-{request.room}.json", request) == "/b/b-1-7.json")
        #expect(fault { _ = try path("/b/{result.no}", request) } == "{result.no} of the path is not in the request")
        #expect(
            fault { _ = try path("/b/{result.id.x}", request) } == "{result.id.x} of the path is not in the request")
        // Two dots of two members are as good as those of one.
        #expect(fault { _ = try path("/b/{a}{a}", request) }?.contains("leads elsewhere") == true)
        #expect(fault { _ = try path("/b/.{a}", request) }?.contains("leads elsewhere") == true)
    }

    @Test(arguments: [
        "x", "", "/a?b=c", "/a b", "/a/{", "/a/}", "/a/{}", "/a/{b", "/{a/b}", "/{a}}", "/{a..b}", "/{a b}", "/%{a}",
        "/%2{a}",
        "/a/../b", "/%2e%2E/b", "/{\(Array(repeating: "a", count: 9).joined(separator: "."))}", "/a\r\nX: y",
    ])
    func `a path that is none is refused when it is read`(text: String) throws {
        #expect(throws: ParticipantConfigurationError.self) { try PathTemplate(text) }
    }

    @Test func `a query holds texts, numbers and lists, and leaves null out`() throws {
        let mapping = try OperationMapping(
            method: .get, path: PathTemplate("/rooms"),
            query: [
                .init(name: "from", value: expression("request.from")),
                .init(name: "tag[]", value: expression("request.tags")),
                .init(name: "no", value: expression("has(request.no) ? request.no : null")),
                .init(name: "k&y", value: expression("key")), .init(name: "all", value: .literal(.bool(true))),
            ])
        let formed = try formed(mapping, #"{"from":"a b&c=d\r\n","tags":["x",1,null,"ü"]}"#)
        #expect(formed.query == "?from=a%20b%26c%3Dd%0D%0A&tag%5B%5D=x&tag%5B%5D=1&tag%5B%5D=%C3%BC&k%26y=k-1&all=true")
        #expect(formed.body == nil)
        #expect(
            fault { _ = try self.formed(mapping, #"{"from":{},"tags":[]}"#) }
                == "'from' of 'query' is a map, and can be a text, a number or a list of them")
        #expect(
            fault { _ = try self.formed(mapping, #"{"from":"\#(String(repeating: "x", count: 9_000))","tags":[]}"#) }
                == "path and query have more than 8192 bytes, which is the most")
    }

    @Test func `an expression that fails is told with its place, in the journal without what the saga says`() throws {
        let mapping = try OperationMapping(
            path: PathTemplate("/a"), query: [.init(name: "n", value: expression("int(request.card)"))])
        do {
            _ = try formed(mapping, #"{"card":"4111-1111"}"#)
            Issue.record("formed")
        } catch let error as UnformedRequest {
            #expect(
                error.description == "'n' of 'query' failed at 1:1: '4111-1111' is not an int, in 'int(request.card)'")
            #expect(error.told == "'n' of 'query' failed at 1:1, in 'int(request.card)'")
        }
    }

    @Test(arguments: [
        "a\r\nX-Evil: 1", "a\nb", "a\rb", "a\u{0}b", "a\u{7F}b", "a\u{85}b", "a\u{2028}b", "a\u{2029}b",
        "\r\n\r\nGET / HTTP/1.1",
    ])
    func `nothing that ends a line gets into a header`(value: String) throws {
        let mapping = try OperationMapping(
            path: PathTemplate("/a"),
            headers: [
                HeaderField(
                    "X-Order",
                    .template(.text([.literal("o-"), .formula(Formula(expression: Expression("request.o")))])))
            ])
        let request = String(decoding: JSON.bytes(.map(MapValue([("o", .string(value))]))), as: UTF8.self)
        #expect(
            fault { _ = try formed(mapping, request) }
                == "header 'X-Order' holds a line break or another control character")
        #expect(throws: ParticipantConfigurationError.self) {
            try HeaderField("X-Order", .template(.literal(.string(value))))
        }
        #expect(throws: ParticipantConfigurationError.self) {
            try HeaderField("X-\(value)", .template(.literal(.string("a"))))
        }
    }

    @Test func `headers are texts and numbers; null leaves one out`() throws {
        let mapping = try OperationMapping(
            path: PathTemplate("/a"),
            headers: [
                HeaderField("X-N", .template(expression("request.n"))),
                HeaderField("X-Key", .credential("k", prefix: "Basic ")),
                HeaderField("X-Saga", .template(expression("saga.workflow + '/' + saga.state"))),
            ])
        let secrets = try ["k": BearerToken("c2VjcmV0", origin: "a test")]
        #expect(
            try formed(mapping, #"{"n":7}"#, secrets: secrets).headers.map { "\($0.name): \($0.value)" }
                == ["X-N: 7", "X-Key: Basic c2VjcmV0", "X-Saga: reservation/Paying"])
        #expect(try formed(mapping, #"{"n":null}"#, secrets: secrets).headers.map(\.name) == ["X-Key", "X-Saga"])
        #expect(
            fault { _ = try formed(mapping, #"{"n":[]}"#, secrets: secrets) }
                == "header 'X-N' is a list, and must be a text")
        #expect(
            fault { _ = try formed(mapping, #"{"n":"\#(String(repeating: "x", count: 8_193))"}"#, secrets: secrets) }
                == "header 'X-N' has more than 8192 bytes, which is the most")
        #expect(fault { _ = try formed(mapping, #"{"n":7}"#) } == "the credential 'k' of header 'X-Key' was not given")
    }

    @Test(arguments: [
        "Host", "content-length", "Transfer-Encoding", "CONNECTION", "Keep-Alive", "TE", "Trailer", "Upgrade", "Expect",
        "Accept-Encoding", "Content-Encoding", "traceparent", "Idempotency-Key", "Saga-Id", "saga-whatever", "X Y",
        "X:Y", "", "ü",
        "Authorization", "cookie", "X-Api-Key",
    ])
    func `headers of the engine's own and secrets in clear are refused when they are read`(name: String) throws {
        #expect(throws: ParticipantConfigurationError.self) { try HeaderField(name, .template(.literal(.string("a")))) }
    }

    @Test func `what the path holds is not said again in the body`() throws {
        func body(_ path: String, _ request: String, _ body: OperationMapping.Body? = nil) throws -> String {
            let mapping = try OperationMapping(path: PathTemplate(path), body: body)
            return String(decoding: try formed(mapping, request).body ?? [], as: UTF8.self)
        }
        #expect(try body("/a/{id}", #"{"id":"x","n": 1}"#) == #"{"n":1}"#)
        #expect(try body("/a/{id}", #"{"id":"x","n": 1}"#, .form(nil)) == "n=1")
        // What nobody touches is sent as it was committed.
        #expect(try body("/a", #"{"id":"x","n": 1}"#) == #"{"id":"x","n": 1}"#)
        #expect(try body("/a/{r.id}", #"{"r":{"id":"x"}}"#) == #"{"r":{"id":"x"}}"#)
        #expect(try body("/a", #"{"n":[1,"ü"]}"#, .json(expression("{'all': request.n}"))) == #"{"all":[1,"ü"]}"#)
        #expect(try body("/a", #"{"n":1}"#, OperationMapping.Body.none) == "")
    }

    @Test func `parts that do not go together are refused`() throws {
        let path = try PathTemplate("/a")
        #expect(throws: ParticipantConfigurationError.self) {
            try OperationMapping(method: .get, path: path, body: .form(nil))
        }
        #expect(throws: ParticipantConfigurationError.self) {
            try OperationMapping(method: .delete, path: path, body: .json(nil))
        }
        let type = try HeaderField("Content-Type", .template(.literal(.string("application/vnd.a+json"))))
        #expect(throws: ParticipantConfigurationError.self) {
            try OperationMapping(path: path, headers: [type], body: .form(nil))
        }
        #expect(throws: ParticipantConfigurationError.self) {
            try OperationMapping(path: path, headers: [type, HeaderField("content-type", type.content)])
        }
        let mapping = try OperationMapping(
            path: path, headers: [HeaderField("X-Rid", .template(.literal(.string("a"))))])
        let address = try ParticipantAddress(parsing: "unix:/run/a.sock")
        #expect(throws: ParticipantConfigurationError.self) {
            try ParticipantConfiguration(name: "p", address: address, operations: ["a": mapping], keyHeader: "x-rid")
        }
        for name in ["Host", "Saga-Id", "Accept", "content-type", "X Y"] {
            #expect(throws: ParticipantConfigurationError.self) {
                try ParticipantConfiguration(name: "p", address: address, keyHeader: name)
            }
        }
    }
}
