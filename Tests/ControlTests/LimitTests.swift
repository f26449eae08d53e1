import ControlAPI
import Dispatch
import Foundation
import Listener
import SagaCore
import SagaEngine
import Synchronization
import TestPrograms
import Testing

/// At a maximum the answer is `busy` or `too large`, and nothing that was accepted is lost (semantics.md, rule 24).
@Suite(.timeLimit(.minutes(30))) struct LimitTests {
    /// Holds the loop after a commit, on its own thread.
    private final class Gate: Sendable {
        private let isArmed = Mutex(false)
        private let closed = DispatchSemaphore(value: 0)
        private let opened = DispatchSemaphore(value: 0)

        func arm() { isArmed.withLock { $0 = true } }

        func pass() {
            let stops = isArmed.withLock { isArmed in
                defer { isArmed = false }
                return isArmed
            }
            guard stops else { return }
            closed.signal()
            opened.wait()
        }

        /// Returns once the loop stands at the gate.
        func untilClosed() async {
            await withCheckedContinuation { continuation in
                // On no thread that tasks run on.
                Thread.detachNewThread { [closed] in
                    closed.wait()
                    continuation.resume()
                }
            }
        }

        func open() { opened.signal() }
    }

    @Test func `with a full inbox the answer is 429 with Retry-After, and what was accepted is done`() async throws {
        let gate = Gate()
        var options = Desk.Options()
        // Of one user, as this is, half of it.
        options.limits.inboxMax = 4
        // Not at the loop's own housekeeping, which changes no saga.
        options.observer = { if !$0.isEmpty { gate.pass() } }
        try await Desk.open(options) { desk in
            // The backlog has commands alone: no call ends.
            desk.participants.hold("payment.charge")
            // However this ends, the loop goes on; else the desk could not be closed.
            defer { gate.open() }
            gate.arm()
            _ = try await desk.ask("POST /v1/sagas", body: Desk.startBody(#","key":"k-0""#))
            await gate.untilClosed()
            async let first = desk.ask("POST /v1/sagas", body: Desk.startBody(#","key":"k-1""#))
            async let second = desk.ask("POST /v1/sagas", body: Desk.startBody(#","key":"k-2""#))
            while try await desk.engine.status().backlog < 2 { await Task.yield() }
            // What only reads needs no place among the commands.
            #expect(try await desk.ask("GET /v1/sagas/01a2d0b1").hasPrefix("HTTP/1.1 200 OK\n"))
            for request in ["GET /v1/sagas/01a2d0b1?wait=ended"] {
                let answer = try await desk.ask(request)
                #expect(
                    answer == """
                        HTTP/1.1 429 Too Many Requests
                        Content-Type: application/problem+json
                        Retry-After: 1

                        {"type":"urn:yogiyogi:problem:busy","title":"Busy","status":429,"detail":"2 commands of the user \(getuid()) wait already, \
                        of 2 that may; nothing was accepted, try again in a moment"}
                        """, "\(request)")
            }
            let third = try await desk.ask("POST /v1/sagas", body: Desk.startBody(#","key":"k-3""#))
            #expect(third.hasPrefix("HTTP/1.1 429 Too Many Requests\n"))
            // What is for a saga that there is passes.
            async let cancelled = desk.ask("POST /v1/sagas/\(SagaID(high: 0, low: 0))/cancel")
            while try await desk.engine.status().backlog < 3 { await Task.yield() }
            gate.open()
            #expect(try await cancelled.hasPrefix("HTTP/1.1 404 Not Found\n"))
            #expect(try await first.hasPrefix("HTTP/1.1 201 Created\n"))
            #expect(try await second.hasPrefix("HTTP/1.1 201 Created\n"))
            #expect(Set(try await desk.sagas().map(\.key)) == ["k-0", "k-1", "k-2"])
        }
    }

    @Test func `when too many wait, a command is done and told to be unreached, and a look is turned away`()
        async throws
    {
        var options = Desk.Options()
        options.limits.waitersMax = 1
        try await Desk.open(options) { desk in
            let id = try await desk.start()
            async let waiting = desk.ask("GET /v1/sagas/\(id)?wait=ended&timeout=20s")
            try await desk.until { $0.waits == 1 }
            let look = try await desk.ask("GET /v1/sagas/\(id)?wait=ended&timeout=20s")
            #expect(look.hasPrefix("HTTP/1.1 429 Too Many Requests\n"))
            #expect(look.contains(#""detail":"1 commands wait already; nothing was accepted, try again in a moment""#))
            desk.participants.hold("payment.charge")
            let start = try await desk.ask("POST /v1/sagas?wait=settled", body: Desk.startBody(#","key":"k-1""#))
            #expect(start.hasPrefix("HTTP/1.1 202 Accepted\n"))
            #expect(start.hasSuffix(#","reached":false}"#))
            // A stream that cannot wait ends; who follows asks again.
            let follower = try RawSocket(desk.path)
            try await follower.send(Desk.message("GET /v1/sagas/\(id)/history?follow", ["Connection: close"]))
            #expect(try await follower.readToEnd().hasSuffix("\r\n0\r\n\r\n"))
            _ = try await desk.ask("POST /v1/sagas/\(id)/cancel")
            #expect(try await waiting.hasPrefix("HTTP/1.1 200 OK\n"))
            #expect(try await desk.sagas().count == 2)
        }
    }

    /// How a body says how long it is.
    enum Framing: CaseIterable {
        case length, chunked
    }

    @Test(arguments: Framing.allCases)
    func `a body of the limit is read, and one of a byte more is 413`(framing: Framing) async throws {
        var options = Desk.Options()
        options.bodyMax = 4_096
        try await Desk.open(options) { desk in
            for more in [0, 1] {
                let frame = Desk.startBody(#","key":"""#).utf8.count
                let body = Desk.startBody(#","key":"\#(String(repeating: "k", count: 4_096 + more - frame))""#)
                try #require(body.utf8.count == 4_096 + more)
                let socket = try RawSocket(desk.path)
                switch framing {
                case .length: try await socket.send(Desk.message("POST /v1/sagas", body: body))
                case .chunked:
                    try await socket.send(Desk.message("POST /v1/sagas", ["Transfer-Encoding: chunked"]))
                    for part in [body.prefix(100), body.dropFirst(100)] {
                        try await socket.send(String(part.utf8.count, radix: 16) + "\r\n" + part + "\r\n")
                    }
                    try await socket.send("0\r\n\r\n")
                }
                let answer = try await socket.answer()
                if more == 0 {
                    #expect(answer.hasPrefix("HTTP/1.1 201 Created\n"), "\(answer)")
                } else {
                    #expect(
                        answer == """
                            HTTP/1.1 413 Payload Too Large
                            Content-Type: application/problem+json

                            {"type":"urn:yogiyogi:problem:body-too-large","title":"Body too large","status":413,"detail":"a \
                            request body may have 4096 bytes at most","bodyBytesMax":4096}
                            """)
                }
                // The connection is in step still.
                try await socket.send(Desk.message("GET /v1/health"))
                #expect(try await socket.answer().hasPrefix("HTTP/1.1 200 OK\n"))
            }
        }
    }

    @Test func `a length over the limit is 413 before a byte of the body has come`() async throws {
        try await Desk.open { desk in
            let socket = try RawSocket(desk.path)
            try await socket.send("POST /v1/sagas HTTP/1.1\r\nHost: x\r\nContent-Length: 1048577\r\n\r\n")
            #expect(try await socket.answer().hasPrefix("HTTP/1.1 413 Payload Too Large\n"))
        }
    }

    @Test func `a head of more fields or bytes than the limit is 400 and ends its connection`() async throws {
        var options = Desk.Options()
        options.listener.headerFieldsMax = 10
        options.listener.headerBytesMax = 1_024
        try await Desk.open(options) { desk in
            let few = (1...8).map { "A-\($0): b" }
            #expect(try await desk.ask("GET /v1/health", few).hasPrefix("HTTP/1.1 200 OK\n"))
            let long = ["A: \(String(repeating: "b", count: 1_100))"]
            for fields in [(1...11).map { "A-\($0): b" }, long] {
                let socket = try RawSocket(desk.path)
                try await socket.send(Desk.message("GET /v1/health", fields))
                let answer = try await socket.readToEnd()
                #expect(answer.hasPrefix("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n"))
                #expect(answer.contains("they may have 1024 bytes and 10 fields"))
            }
        }
    }
}
