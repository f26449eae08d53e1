import CEL
import Foundation
import TestPrograms
import Testing

/// The transcript of the system that this one replaces, typed at the gateway, with all programs as built.
struct FrontTests {
    private struct Answer {
        var status: Int
        var head: String
        var json: Value
    }

    private static func gateway(of hotel: Hotel, _ more: [String] = []) async throws -> (
        program: RunningProgram, url: String
    ) {
        let folder = hotel.folder
        let before = ports(folder).count
        let program = try await RunningProgram(
            "yogi-gateway",
            [
                "--open", "--listen", "127.0.0.1:0", "--socket", hotel.socket, "--state-dir", folder.file("gateway"),
                "--participant", "payment=unix:\(folder.file("p.sock"))", "--participant",
                "reservation=unix:\(folder.file("r.sock"))",
            ] + more, in: folder)
        // Lines of the log come a moment after it is ready.
        let limit = HangLimit()
        while ports(folder).count == before, !limit.isOver { await Task.yield() }
        guard let port = ports(folder).last else { throw ProgramFailure("no port: \(program.log)") }
        return (program, "http://127.0.0.1:\(port)")
    }

    /// Of the gateways that have listened, the newest last.
    private static func ports(_ folder: TemporaryFolder) -> [String] {
        let log = (try? String(contentsOfFile: folder.file("yogi-gateway.log"), encoding: .utf8)) ?? ""
        return log.matches(of: #/address=127\.0\.0\.1:([0-9]+)/#).map { String($0.1) }
    }

    private static func curl(_ url: String, _ more: String...) async throws -> Answer {
        let run = try await Child.run("/usr/bin/curl", ["-sS", "-i", "--max-time", "\(HangLimit.seconds)", url] + more)
        guard run.status == 0 else { throw ProgramFailure("curl: \(run.errors)") }
        let parts = run.output.split(separator: "\r\n\r\n", maxSplits: 1)
        let status = parts.first?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return Answer(
            status: status, head: String(parts.first ?? ""),
            json: (try? JSON.parse(String(parts.last ?? ""))) ?? .null)
    }

    /// As `http URL name=value …` of HTTPie sends it.
    private static func post(_ url: String, _ json: String) async throws -> Answer {
        try await curl(url, "-H", "Content-Type: application/json", "-d", json)
    }

    private static let line = #"{"name":"BJ.Kang","cardNo":"111","status":"order start"}"#

    @Test func `order, look, confirm, my page, hotel view: the old command lines, again and again`() async throws {
        let hotel = try await Hotel()
        let (program, url) = try await Self.gateway(of: hotel)
        for number in 1...3 {
            let placed = try await Self.post("\(url)/orders", Self.line)
            #expect(placed.status == 201 && placed.head.contains("Location: /orders/\(number)"))
            let wait = "wait=Reserved&timeout=\(HangLimit.seconds)s"
            _ = try await Self.curl("\(url)/api/v1/sagas/reservation:\(number)?\(wait)")
            #expect(try await Self.curl("\(url)/orders/\(number)").json["status"] == "Reserved")
            let confirmed = try await Self.post(
                "\(url)/confirmations", #"{"orderid":"\#(number)","status":"Confirmed"}"#)
            #expect(confirmed.status == 200 && confirmed.json["status"] == "Confirmed")
        }
        let pages = try await Self.curl("\(url)/mypages").json["_embedded"]?["mypages"]
        guard case .list(let rows)? = pages else { throw ProgramFailure("no pages") }
        #expect(rows.map { $0["orderId"] } == [3, 2, 1] && rows.allSatisfy { $0["status"] == "Confirmed" })
        #expect(try await Self.curl("\(url)/hotelViews").json["page"]?["count"] == 3)
        #expect(try await Self.curl("\(url)/paymentHistories").json["page"]?["count"] == 3)
        #expect(await program.terminate() == 0)
    }

    @Test
    func `payment is down: the order waits; it is cancelled and its room is free; no card is in a file`() async throws {
        let card = "4929123456781234"
        let hotel = try await Hotel()
        let (program, url) = try await Self.gateway(of: hotel)
        await hotel.payment.kill()
        let placed = try await Self.post("\(url)/orders", #"{"name":"Ann","cardNo":"\#(card)","room":"7"}"#)
        #expect(placed.status == 201)
        let wait = "timeout=\(HangLimit.seconds)s"
        _ = try await Self.curl("\(url)/api/v1/sagas/reservation:1?wait=Paying&\(wait)")
        #expect(try await Self.curl("\(url)/orders/1").json["status"] == "Paying")
        #expect(try await Self.curl("\(url)/reservations").json["page"]?["count"] == 1)
        #expect(try await Self.curl("\(url)/paymentHistories").status == 502)
        #expect(try await Self.curl("\(url)/orders/1", "-X", "DELETE").status < 300)
        try await hotel.payment.start()
        _ = try await Self.curl("\(url)/api/v1/sagas/reservation:1?wait=ended&\(wait)")
        #expect(try await Self.curl("\(url)/orders/1").json["status"] == "Cancelled")
        #expect(try await Self.curl("\(url)/reservations").json["page"]?["count"] == 0)
        #expect(try await hotel.ask("p.sock", "/ledger")["balance"] == 0)
        // After the daemon is killed: what is said through the gateway is what was committed.
        await hotel.daemon.kill()
        #expect(try await Self.curl("\(url)/orders/1").status == 503)
        try await hotel.daemon.start()
        #expect(try await Self.curl("\(url)/orders/1").json["status"] == "Cancelled")
        _ = await program.terminate()
        let found = try await Child.run("/usr/bin/grep", ["-rlaF", card, hotel.folder.path])
        #expect(found.status == 1, "\(found.output)")
    }

    @Test func `with a certificate it encrypts, and a reload takes a new one`() async throws {
        let hotel = try await Hotel()
        let folder = hotel.folder
        func certify(_ name: String) async throws {
            let made = try await Child.run(
                "/usr/bin/openssl",
                [
                    "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=\(name)", "-addext",
                    "subjectAltName=DNS:\(name)", "-keyout", folder.file("key.pem"), "-out", folder.file("cert.pem"),
                ])
            guard made.status == 0 else { throw ProgramFailure(made.errors) }
        }
        try await certify("one.example")
        let file = folder.file("gateway.yaml")
        try "tls: { certificate: \(folder.file("cert.pem")), key: \(folder.file("key.pem")) }\n"
            .write(toFile: file, atomically: true, encoding: .utf8)
        let (program, url) = try await Self.gateway(of: hotel, ["--config", file])
        let port = url.split(separator: ":").last ?? ""
        func ask(_ name: String) async throws -> Answer {
            try await Self.curl(
                "https://\(name):\(port)/actuator/health", "--cacert", folder.file("cert.pem"), "--resolve",
                "\(name):\(port):127.0.0.1")
        }
        #expect(try await ask("one.example").status == 200)
        try await certify("two.example")
        program.signal(SIGHUP)
        let limit = HangLimit()
        while !program.log.contains("reloaded"), !limit.isOver { await Task.yield() }
        #expect(try await ask("two.example").status == 200)
        _ = await program.terminate()
    }

    @Test func `the link of a guest is good after a restart, and a configuration that is wrong is told`() async throws {
        let hotel = try await Hotel()
        let (program, url) = try await Self.gateway(of: hotel)
        let link = try #require(
            try await Self.post("\(url)/orders", Self.line).json["_links"]?["booking"]?["href"]?.stringValue)
        _ = await program.terminate()
        let (again, other) = try await Self.gateway(of: hotel)
        let opened = try await Self.curl(other + link)
        #expect(opened.head.contains("Set-Cookie: yogi-bookings="))
        // Whoever came through a proxy is not on this machine; what is refused is refused no sooner than after 50 ms.
        for path in ["/orders/1?code=wrong", "/orders/77"] {
            let refused = try await Child.run(
                "/usr/bin/curl",
                [
                    "-sS", "-o", "/dev/null", "-w", "%{http_code} %{time_total}", "-H", "X-Forwarded-For: 192.0.2.7",
                    other + path,
                ])
            let words = refused.output.split(separator: " ")
            #expect(words.first == "404" && (words.last.flatMap { Double($0) } ?? 0) >= 0.05)
        }
        _ = await again.terminate()

        let file = hotel.folder.file("gateway.yaml")
        try "listen: nonsense\nopn: true\nlimits: { body: 1 }\n".write(toFile: file, atomically: true, encoding: .utf8)
        let wrong = try await Programs.run("yogi-gateway", ["--config", file, "--check-config"])
        #expect(wrong.status == 78)
        #expect(
            wrong.errors == """
                yogi-gateway: \(file):1:9: error: 'listen' is 'nonsense'; it must be HOST:PORT or unix:/PATH
                yogi-gateway: \(file):2:1: error: unknown key 'opn' in the configuration; did you mean 'open'?
                yogi-gateway: \(file):3:17: error: 'body' must be a size from 1KiB to 64MiB, such as 1MiB

                """)
        let open = try await Programs.run("yogi-gateway", ["--open", "--listen", "0.0.0.0:0", "--check-config"])
        #expect(open.status == 78 && open.errors.contains("is for this machine alone"))
        #expect(try await Programs.run("yogi-gateway", ["--nonsense"]).status == 2)
    }
}
