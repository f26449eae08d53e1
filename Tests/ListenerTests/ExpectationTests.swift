import Foundation
import Hummingbird
import Listener
import Testing

/// `Expect: 100-continue` (RFC 9110, section 10.1.1), HEAD, and words for what is no request.
@Suite(.timeLimit(.minutes(30))) struct ExpectationTests {
    private static let went = "HTTP/1.1 100 Continue\r\n\r\n"

    /// `/echo` reads its body, `/refuse` answers without.
    private func talk(_ body: @Sendable (RawClient, ListenAddress) async throws -> Void) async throws {
        let folder = try Folder()
        let router = routes()
        router.post("/echo") { request, _ -> Response in
            let body = try await request.body.collect(upTo: 1 << 20)
            return Response(status: .ok, body: .init(byteBuffer: body))
        }
        router.post("/refuse") { _, _ -> Response in Response(status: .contentTooLarge) }
        router.head("/stream") { _, _ -> Response in
            Response(status: .ok, body: ResponseBody { try await $0.finish(nil) })
        }
        try await serving(.unix(path: folder.path + "/s", mode: 0o600), router) { bound, _ in
            try await body(try RawClient(bound), bound)
        }
    }

    private static func head(_ path: String, _ length: Int, _ expect: String = "100-continue", _ more: String = "")
        -> String
    {
        "POST \(path) HTTP/1.1\r\nHost: x\r\nContent-Length: \(length)\r\nExpect: \(expect)\r\n\(more)\r\n"
    }

    @Test(arguments: ["100-continue", "100-Continue", " 100-continue ,"])
    func `a client that waits is told to go on when its body is wanted, and then answered`(expect: String) async throws
    {
        try await talk { client, _ in
            for text in ["first", "second"] {
                try client.send(Self.head("/echo", text.utf8.count, expect))
                #expect(try await client.readAnswer() == Self.went)
                try client.send(text)
                let answer = try await client.readAnswer()
                #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n") && answer.hasSuffix("\r\n\r\n\(text)"), "\(answer)")
            }
        }
    }

    @Test func `a client whose body is not wanted gets the answer alone, and no other request on that connection`()
        async throws
    {
        try await talk { client, _ in
            try client.send(Self.head("/refuse", 50 << 20))
            let answer = try await client.readToEnd()
            #expect(answer.hasPrefix("HTTP/1.1 413 "), "\(answer)")
            #expect(answer.contains("\r\nConnection: close\r\n"))
            #expect(!answer.contains("HTTP/1.1 100"))
        }
    }

    @Test func `who sends the body at once is not told, and goes on with the connection`() async throws {
        try await talk { client, _ in
            // Both answers may come at once.
            let last = Self.head("/echo", 4, "100-continue", "Connection: close\r\n")
            try client.send(Self.head("/refuse", 4) + "full" + last + "more")
            let answers = try await client.readToEnd()
            #expect(answers.hasPrefix("HTTP/1.1 413 "), "\(answers)")
            #expect(answers.contains("HTTP/1.1 200 OK\r\n") && answers.hasSuffix("more"), "\(answers)")
        }
    }

    @Test func `of requests sent at once, the one that waits is told in its turn`() async throws {
        try await talk { client, _ in
            try client.send("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n" + Self.head("/echo", 4))
            var read = try await client.readAnswer()
            if !read.hasSuffix(Self.went) { read += try await client.readAnswer() }
            #expect(read.hasPrefix("HTTP/1.1 200 OK\r\n") && read.hasSuffix("hello" + Self.went), "\(read)")
            try client.send("more")
            #expect(try await client.readAnswer().hasSuffix("more"))
        }
    }

    @Test(arguments: ["teapot", "100-continue, teapot", "101-continue"])
    func `another expectation is 417`(expect: String) async throws {
        try await talk { client, _ in
            try client.send(Self.head("/echo", 4, expect))
            let answer = try await client.readToEnd()
            #expect(answer.hasPrefix("HTTP/1.1 417 Expectation Failed\r\n"), "\(answer)")
            #expect(answer.contains("\r\nConnection: close\r\n"))
            #expect(answer.contains(#""type":"urn:yogiyogi:problem:unknown-expectation""#))
        }
    }

    @Test func `a request without a body is not told to send one, and HTTP/1.0 expects nothing`() async throws {
        try await talk { client, bound in
            try client.send(Self.head("/echo", 0))
            #expect(try await client.readAnswer().hasPrefix("HTTP/1.1 200 OK\r\n"))
            let old = try RawClient(bound)
            try old.send(
                "POST /echo HTTP/1.0\r\nHost: x\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\nmore")
            let answer = try await old.readToEnd()
            #expect(answer.hasPrefix("HTTP/1.0 200 OK\r\n") && answer.hasSuffix("more"), "\(answer)")
        }
    }

    @Test func `the answer to HEAD of a stream has no byte of a body, so that the next answer is in its place`()
        async throws
    {
        try await talk { client, _ in
            try client.send(
                "HEAD /stream HTTP/1.1\r\nHost: x\r\n\r\nGET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            let answers = try await client.readToEnd()
            let parts = answers.split(separator: "\r\n\r\n", omittingEmptySubsequences: false)
            #expect(parts.count == 3, "\(answers)")
            #expect(parts[0].hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(parts[1].hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(parts[2] == "hello")
        }
    }

    @Test(arguments: [
        ("GET /hello?name=정 HTTP/1.1\r\n\r\n", "what is not ASCII, and spaces, must be percent-encoded"),
        ("GET /안녕 HTTP/1.1\r\n\r\n", "what is not ASCII, and spaces, must be percent-encoded"),
        ("GET /hello\u{1} HTTP/1.1\r\n\r\n", "what is not ASCII, and spaces, must be percent-encoded"),
        (
            "GET /\(String(repeating: "a", count: 33 << 10)) HTTP/1.1\r\n\r\n",
            "the request line or a header field is too long"
        ),
        ("POST /echo HTTP/1.1\r\nContent-Length: x\r\n\r\n", "where the body ends is in doubt"),
        ("POST /echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "where the body ends is in doubt"),
        ("this is not HTTP\r\n\r\n", "this is no request of HTTP/1.1 or 1.0"),
    ])
    func `what is no request is told in words what is wrong with it`(request: String, words: String) async throws {
        try await talk { client, _ in
            try client.send("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n" + request)
            let answers = try await client.readToEnd()
            let answer = try #require(answers.range(of: "HTTP/1.1 400 Bad Request\r\n")).lowerBound
            #expect(answers[..<answer].hasSuffix("hello"))
            let problem = answers[answer...]
            #expect(problem.contains("\r\nContent-Type: application/problem+json\r\n"))
            #expect(problem.contains(#"{"type":"urn:yogiyogi:problem:malformed-request""#))
            #expect(problem.contains(words), "\(problem)")
        }
    }
}
