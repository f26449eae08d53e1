import ControlAPI
import SagaEngine
import TestPrograms
import Testing

/// A client that goes away loses nothing of what was accepted, and leaves neither a wait nor a connection.
@Suite(.timeLimit(.minutes(30))) struct HangUpTests {
    /// How many connections of the socket are open, seen from the kernel.
    private static func connections(_ desk: Desk) throws -> Int {
        try openSockets(named: desk.path) - 1
    }

    private static func untilAlone(_ desk: Desk) async throws {
        while try connections(desk) > 0 { _ = await desk.engine.probe() }
    }

    @Test(arguments: [1, 20, 40, 60, 100, 147])
    func `one that hangs up in the middle of its request starts nothing`(bytes: Int) async throws {
        try await Desk.open { desk in
            let whole = Desk.message("POST /v1/sagas", body: Desk.startBody())
            try #require(whole.utf8.count > bytes)
            for _ in 1...5 {
                let socket = try RawSocket(desk.path)
                try await socket.send(Array(whole.utf8.prefix(bytes)))
                socket.hangUp()
            }
            try await Self.untilAlone(desk)
            #expect(try await desk.sagas().isEmpty)
            let status = try await desk.engine.status()
            #expect(status.waits == 0 && status.backlog == 0)
        }
    }

    @Test func `one that finishes sending in the middle is hung up on`() async throws {
        try await Desk.open { desk in
            let socket = try RawSocket(desk.path)
            try await socket.send("POST /v1/sagas HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{\"workflow\"")
            socket.finishSending()
            #expect(try await socket.readToEnd().hasPrefix("HTTP/1.1 400 Bad Request\r\n"))
            #expect(try await desk.sagas().isEmpty)
        }
    }

    @Test func `one that hangs up while it waits leaves no wait and no connection, and its saga goes on`() async throws
    {
        try await Desk.open { desk in
            desk.participants.hold("payment.charge")
            let socket = try RawSocket(desk.path)
            try await socket.send(
                Desk.message("POST /v1/sagas?wait=ended&timeout=4m", body: Desk.startBody(#","key":"k-1""#)))
            try await desk.until { $0.waits == 1 }
            socket.hangUp()
            try await desk.until { $0.waits == 0 }
            try await Self.untilAlone(desk)
            desk.participants.release("payment.charge")
            let again = try await desk.ask("POST /v1/sagas?wait=settled", body: Desk.startBody(#","key":"k-1""#))
            #expect(again.hasPrefix("HTTP/1.1 200 OK\n"))
            #expect(again.contains(#""state":"Reserved","status":"waiting""#))
            #expect(desk.participants.count("payment.charge") == 1)
        }
    }

    @Test func `one that hangs up while others wait for the same saga takes none of theirs away`() async throws {
        try await Desk.open { desk in
            let id = try await desk.start()
            let leaving = try (0..<10).map { _ in try RawSocket(desk.path) }
            for socket in leaving { try await socket.send(Desk.message("GET /v1/sagas/\(id)?wait=ended&timeout=4m")) }
            async let staying = desk.ask("GET /v1/sagas/\(id)?wait=ended&timeout=4m")
            try await desk.until { $0.waits == 11 }
            for socket in leaving { socket.hangUp() }
            try await desk.until { $0.waits == 1 }
            _ = try await desk.ask("POST /v1/sagas/\(id)/signals/confirm")
            #expect(try await staying.contains(#""state":"Confirmed","status":"succeeded""#))
            try await Self.untilAlone(desk)
        }
    }

    @Test func `one that follows a history and hangs up is waited for no longer`() async throws {
        try await Desk.open { desk in
            let id = try await desk.start()
            let socket = try RawSocket(desk.path)
            try await socket.send(Desk.message("GET /v1/sagas/\(id)/history?follow"))
            _ = try await socket.read(through: "\r\n\r\n")
            try await desk.until { $0.waits == 1 }
            socket.hangUp()
            try await desk.until { $0.waits == 0 }
            try await Self.untilAlone(desk)
        }
    }

    @Test func `one that has only finished sending is answered`() async throws {
        try await Desk.open { desk in
            let id = try await desk.start()
            let socket = try RawSocket(desk.path)
            try await socket.send(Desk.message("GET /v1/sagas/\(id)?wait=ended&timeout=4m"))
            socket.finishSending()
            try await desk.until { $0.waits == 1 }
            _ = try await desk.ask("POST /v1/sagas/\(id)/signals/confirm")
            #expect(try await socket.readToEnd().contains(#""state":"Confirmed","status":"succeeded""#))
        }
    }

    @Test func `one that hangs up before the answer has still done what it sent`() async throws {
        try await Desk.open { desk in
            let id = try await desk.start()
            desk.participants.hold("payment.refund")
            let socket = try RawSocket(desk.path)
            try await socket.send(Desk.message("POST /v1/sagas/\(id)/cancel?wait=ended"))
            await desk.participants.called("payment.refund")
            socket.hangUp()
            try await desk.until { $0.waits == 0 }
            desk.participants.release("payment.refund")
            let saga = try await desk.ask("GET /v1/sagas/\(id)?wait=ended")
            #expect(saga.contains(#""state":"Cancelled","status":"cancelled""#))
        }
    }
}
