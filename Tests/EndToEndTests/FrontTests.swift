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

    private static func gateway(
        of hotel: Hotel, _ more: [String] = [], isOpen: Bool = true
    ) async throws -> (program: RunningProgram, url: String) {
        let folder = hotel.folder
        let before = ports(folder).count
        let program = try await RunningProgram(
            "yogi-gateway",
            (isOpen ? ["--open"] : []) + [
                "--listen", "127.0.0.1:0", "--socket", hotel.socket, "--state-dir", folder.file("gateway"),
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
        let (program, url) = try await Self.gateway(of: hotel, ["--config", file], isOpen: false)
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
        #expect(opened.head.contains("Set-Cookie: yogi-orders="))
        _ = await again.terminate()
        // A code that is wrong is refused no sooner than after 50 ms, whether there is such an order or not.
        let (shut, third) = try await Self.gateway(of: hotel, isOpen: false)
        #expect(try await Self.curl(third + link).head.contains("Set-Cookie: __Host-yogi-orders="))
        for path in ["/orders/1?code=wrong", "/orders/77?code=wrong"] {
            let refused = try await Child.run(
                "/usr/bin/curl", ["-sS", "-o", "/dev/null", "-w", "%{http_code} %{time_total}", third + path])
            let words = refused.output.split(separator: " ")
            #expect(words.first == "404" && (words.last.flatMap { Double($0) } ?? 0) >= 0.05)
        }
        _ = await shut.terminate()

        let file = hotel.folder.file("gateway.yaml")
        try "listen: nonsense\nidentity: { opn: true }\nlimits: { body: 1 }\n".write(
            toFile: file, atomically: true, encoding: .utf8)
        let wrong = try await Programs.run("yogi-gateway", ["--config", file, "--check-config"])
        #expect(wrong.status == 78)
        #expect(
            wrong.errors == """
                yogi-gateway: \(file):1:9: error: 'listen' is 'nonsense'; it must be HOST:PORT or unix:/PATH
                yogi-gateway: \(file):2:13: error: 'identity.opn' is not known; known are open, origins, key, tokens, jwt, proxy, \
                forwarders, limits
                yogi-gateway: \(file):3:17: error: 'body' must be a size from 1KiB to 64MiB, such as 1MiB

                """)
        let open = try await Programs.run("yogi-gateway", ["--open", "--listen", "0.0.0.0:0", "--check-config"])
        #expect(open.status == 78 && open.errors.contains("takes a listen address of loopback"))
        #expect(try await Programs.run("yogi-gateway", ["--nonsense"]).status == 2)
    }

    @Test func `a token that its command made opens the door, and is revoked by a reload`() async throws {
        let hotel = try await Hotel()
        let folder = hotel.folder
        let tokens = folder.file("gateway-tokens")
        func token(_ words: String...) async throws -> (status: Int32, output: String, errors: String) {
            try await Programs.run("yogi-gateway", ["token"] + words + ["--file", tokens])
        }
        let wrong = try await token("add", "--role", "boss", "--for", "Desk", "--expires", "soon")
        #expect(wrong.status == 2 && wrong.errors.contains("'boss'") && wrong.errors.contains("'soon'"))
        let made = try await token("add", "--role", "signaller", "--for", "Front desk", "--expires", "90d")
        let secret = made.output.trimmingCharacters(in: .newlines)
        #expect(made.status == 0 && secret.wholeMatch(of: #/yogi_[A-Za-z0-9_-]{43}/#) != nil)
        let listed = try await token("list").output
        #expect(listed.contains("Front desk") && listed.contains("signaller") && !listed.contains(secret))

        let file = folder.file("gateway.yaml")
        try "identity: { tokens: gateway-tokens }\n".write(toFile: file, atomically: true, encoding: .utf8)
        let (program, url) = try await Self.gateway(
            of: hotel, ["--config", file, "--credentials-dir", folder.path], isOpen: false)
        func ask() async throws -> Int {
            try await Self.curl("\(url)/mypages", "-H", "Authorization: Bearer \(secret)").status
        }
        #expect(try await ask() == 200)
        #expect(try await Self.curl("\(url)/mypages").status == 401)
        #expect(try await token("revoke", "Front desk").output == "1 revoked\n")
        #expect(try await token("revoke", "Front desk").status == 1)
        program.signal(SIGHUP)
        let limit = HangLimit()
        while !program.log.contains("reloaded"), !limit.isOver { await Task.yield() }
        #expect(try await ask() == 401)
        #expect(await program.terminate() == 0)
        #expect(!program.log.contains(secret))
    }
}
