import Testing

/// A daemon that restarts under a command is waited for, when nothing can be done twice by that.
@Suite struct RestartTests {
    private static let stopping = ScriptedDaemon.Answer.problem(
        "503 Service Unavailable",
        """
        {"type":"urn:yogiyogi:problem:stopping","title":"Stopping","status":503,"detail":"the daemon is going down; nothing was \
        accepted, try again in a moment"}
        """)

    private static func created(_ saga: String, more: String = "") -> ScriptedDaemon.Answer {
        let head = "HTTP/1.1 202 Accepted\r\nContent-Type: application/json\r\nConnection: close\r\n" + more
        return .raw(head + "Content-Length: \(saga.utf8.count)\r\n\r\n" + saga)
    }

    @Test func `a start with a key whose answer was lost is sent again`() async throws {
        let daemon = try ScriptedDaemon(.raw(""), Self.created(Resources.reserved))
        let run = try await daemon.run("start", "reservation", "--key", "k-1")
        #expect(run.error == "")
        #expect(run.output == "\(Resources.id)\n")
        let requests = daemon.requests
        #expect(requests.count == 2 && requests[0] == requests[1])
    }

    @Test func `a signal with an id is sent again, and one without is not`() async throws {
        let answer = ScriptedDaemon.Answer.json("202 Accepted", #"{"answer":"handled","saga":\#(Resources.reserved)}"#)
        let daemon = try ScriptedDaemon(.raw(""), answer)
        #expect(try await daemon.run("signal", Resources.id, "confirm", "--id", "s-1").status == 0)
        #expect(daemon.requests.count == 2)
        let other = try ScriptedDaemon(.raw(""), answer)
        #expect(try await other.run("signal", Resources.id, "confirm").status == 4)
        #expect(other.requests.count == 1)
    }

    @Test func `what was refused as the daemon goes down is sent again, whatever it is`() async throws {
        let daemon = try ScriptedDaemon(
            Self.stopping, Self.stopping,
            .json("202 Accepted", #"{"answer":"accepted","saga":\#(Resources.reserved)}"#))
        let run = try await daemon.run("cancel", Resources.id)
        #expect(run.error == "")
        #expect(run.output == "accepted: waiting in Reserved\n")
        #expect(daemon.requests.count == 3)
    }

    @Test func `a wait that was cut short is gone on with for the time that is left`() async throws {
        let daemon = try ScriptedDaemon(
            Self.created(Resources.paying, more: "Retry-After: 1\r\n"),
            .json(Resources.reserved))
        let run = try await daemon.run("start", "reservation", "--wait", "Reserved", "--timeout", "60s")
        #expect(run.error == "")
        #expect(run.status == 0)
        let requests = daemon.requests
        #expect(requests.count == 2)
        let next = try #require(requests.last)
        let prefix = "GET /v1/sagas/\(Resources.other)?wait=Reserved&timeout="
        #expect(next.hasPrefix(prefix) && next.hasSuffix("ms"), "\(next)")
        let left = Int(next.dropFirst(prefix.count).dropLast(2)) ?? 0
        #expect(left > 0 && left < 60_000)
    }

    @Test func `a wait whose time is over is told as that`() async throws {
        let daemon = try ScriptedDaemon(Self.created(Resources.paying))
        let run = try await daemon.run("start", "reservation", "--wait", "Reserved", "--timeout", "1s")
        #expect(run.status == 5)
        #expect(daemon.requests.count == 1)
    }
}
