import HTTPTypes
import NIOCore
import NIOHTTP1
import Testing

@testable import Listener

struct InflowTests {
    private static let head = HTTPServerRequestPart.head(.init(version: .http1_1, method: .POST, uri: "/"))

    private static func body(_ text: String) -> HTTPServerRequestPart { .body(ByteBuffer(string: text)) }

    private static func name(_ next: Inflow.Next) -> String {
        switch next {
        case .nothing: "nothing"
        case .part(.head): "head"
        case .part(.body(let buffer)): String(buffer: buffer)
        case .part(.end): "end of request"
        case .failure: "failure"
        case .end: "end"
        }
    }

    @Test func `parts come out as they came in, and then the end`() {
        var inflow = Inflow()
        #expect(Self.name(inflow.take()) == "nothing")
        for part in [Self.head, Self.body("a"), .end(nil)] { inflow.came(part) }
        inflow.ended()
        let taken = (1...5).map { _ in Self.name(inflow.take()) }
        #expect(taken == ["head", "a", "end of request", "end", "end"])
    }

    @Test func `an error comes once, after what was there before it, and what ends later changes nothing`() {
        var inflow = Inflow()
        inflow.came(Self.head)
        inflow.failed(HTTPParserError.invalidChunkSize)
        inflow.ended()
        inflow.failed(HTTPParserError.invalidMethod)
        #expect((1...4).map { _ in Self.name(inflow.take()) } == ["head", "failure", "end", "end"])
    }

    @Test func `a body is whole when its end is there, and the request behind it stays`() {
        var inflow = Inflow()
        for part in [Self.head, Self.body("a")] { inflow.came(part) }
        _ = inflow.take()
        #expect(inflow.takeWholeBody() == nil)
        #expect(inflow.isInBody)
        for part in [Self.body("b"), .end(nil), Self.head] { inflow.came(part) }
        #expect(inflow.takeWholeBody().map { String(buffer: $0) } == "ab")
        #expect(!inflow.isInBody)
        #expect(Self.name(inflow.take()) == "head")
    }

    @Test func `what is dropped is forgotten, and so is what comes later`() {
        var inflow = Inflow()
        inflow.came(Self.head)
        inflow.dropped()
        inflow.came(.end(nil))
        #expect(Self.name(inflow.take()) == "end")
    }

    @Test func `it is full by parts and by bytes, and not when they are taken`() {
        var inflow = Inflow()
        for _ in 1..<Inflow.partsMax { inflow.came(Self.head) }
        #expect(!inflow.isFull)
        inflow.came(.end(nil))
        #expect(inflow.isFull)
        _ = inflow.take()
        #expect(!inflow.isFull)
        var bytes = Inflow()
        bytes.came(Self.body(String(repeating: "a", count: Inflow.bytesMax - 1)))
        #expect(!bytes.isFull)
        bytes.came(Self.body("a"))
        #expect(bytes.isFull)
        _ = bytes.take()
        #expect(!bytes.isFull)
    }

    @Test func `a connection is idle when nothing has come for long and nothing is being answered`() {
        let begin = NIODeadline.uptimeNanoseconds(1_000)
        var idleness = Idleness(timeout: .seconds(60), now: begin)
        #expect(idleness.opened(at: begin) == begin + .seconds(60))
        idleness.came(Self.head, at: begin + .seconds(50))
        // Half a request is no reason to wait for ever.
        #expect(idleness.timerFired(at: begin + .seconds(60), unread: 0) == .wait(until: begin + .seconds(110)))
        idleness.came(.end(nil), at: begin + .seconds(100))
        #expect(idleness.timerFired(at: begin + .seconds(999), unread: 0) == .rest)
        idleness.came(Self.head, at: begin + .seconds(999))
        idleness.came(.end(nil), at: begin + .seconds(999))
        #expect(idleness.answered(at: begin + .seconds(1_000)) == nil)
        #expect(idleness.answered(at: begin + .seconds(1_001)) == begin + .seconds(1_061))
        #expect(idleness.timerFired(at: begin + .seconds(1_061), unread: 0) == .close)
    }

    @Test func `who reads slowly is kept, and who does not read is not`() {
        let begin = NIODeadline.uptimeNanoseconds(1_000)
        var idleness = Idleness(timeout: .seconds(60), now: begin)
        idleness.came(Self.head, at: begin)
        idleness.came(.end(nil), at: begin)
        #expect(idleness.wrote(at: begin) == begin + .seconds(60))
        // The first look cannot tell.
        #expect(idleness.timerFired(at: begin + .seconds(60), unread: 900) == .wait(until: begin + .seconds(120)))
        #expect(idleness.timerFired(at: begin + .seconds(120), unread: 899) == .wait(until: begin + .seconds(180)))
        // As much is unread, but more was written in between.
        _ = idleness.wrote(at: begin + .seconds(130))
        #expect(idleness.timerFired(at: begin + .seconds(180), unread: 899) == .wait(until: begin + .seconds(240)))
        #expect(idleness.timerFired(at: begin + .seconds(240), unread: 899) == .close)
        // Its answer may take its time when nothing waits for the client.
        #expect(idleness.timerFired(at: begin + .seconds(999), unread: 0) == .rest)
    }

    @Test(arguments: [
        ("/v1/sagas?limit=1", "/v1/sagas?limit=1"), ("*", "*"), ("http://x/v1/health", "/v1/health"),
        ("http://x", "/"), ("http://x?a=b", "/?a=b"), ("http://x/a?b=http://y/", "/a?b=http://y/"),
        ("/a?b=http://y/", "/a?b=http://y/"),
    ])
    func `a target in any form has its path`(target: String, path: String) {
        #expect(HTTPRequest.path(of: target) == path)
    }
}
