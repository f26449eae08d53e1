import CEL
import ControlAPI
import HTTPTypes
import Hummingbird
import Logging
import NIOHTTP1
import Synchronization
import TestPrograms
import Testing

@testable import Gateway

/// Who is who: a guest has the code of an order, and nobody has more than that without a role.
struct GuestLinkTests {
    private static let line = #"{"name":"Ann","cardNo":"4111111111111111"}"#

    /// Gives whoever comes the roles that a header names, as a door that knows people would.
    struct NamedDoor: Door {
        func caller(of request: Request, from peer: PeerAddress) throws -> Caller {
            guard let name = HTTPField.Name("Test-Role"), let role = request.headers[name] else { return .guest }
            return Caller(name: "user:\(role)", roles: Role(rawValue: role).map { [$0] } ?? [])
        }
    }

    private static let known = House.Options(door: NamedDoor())

    private func link(of answer: House.Answer) throws -> String {
        try #require(answer["_links", "booking", "href"]?.stringValue)
    }

    @Test func `the guest's link opens the order, and a cookie keeps it open`() async throws {
        try await House.open(Self.known) { house in
            let link = try link(of: try await house.ask(.POST, "/orders", Self.line))
            #expect(link.wholeMatch(of: #/\/bookings\/1\?code=[A-Za-z0-9_-]{43}/#) != nil)
            let opened = try await house.ask(.GET, link)
            #expect(opened.status == 200 && opened["name"] == "Ann")
            let cookie = try #require(opened.headers.first(name: "set-cookie"))
            #expect(cookie.hasSuffix("HttpOnly; SameSite=Lax"))
            let pair = String(cookie.prefix { $0 != ";" })
            #expect(try await house.ask(.GET, "/orders/1", nil, [("Cookie", pair)]).status == 200)
            let code = try #require(link.split(separator: "=").last)
            #expect(try await house.ask(.GET, "/orders/1?code=\(code)").status == 200)
            #expect(try await house.ask(.GET, "/orders/1", nil, [("Authorization", "Booking \(code)")]).status == 200)
            // It is the guest's to cancel.
            #expect(try await house.ask(.DELETE, "/orders/1", nil, [("Cookie", pair)]).status < 300)
        }
    }

    @Test func `a wrong code and an order that is not there are answered alike`() async throws {
        try await House.open(Self.known) { house in
            let link = try link(of: try await house.ask(.POST, "/orders", Self.line))
            _ = try await house.ask(.POST, "/orders", Self.line)
            let code = try #require(link.split(separator: "=").last)
            let wrong = String(repeating: "A", count: 43)
            func refused(_ method: HTTPMethod, _ path: String) async throws -> String {
                let answer = try await house.ask(method, path)
                #expect(answer.status == 404, "\(path)")
                return answer.text.replacing(#/order [0-9]+/#, with: "order N")
            }
            let words = try await refused(.GET, "/orders/1?code=\(wrong)")
            for path in [
                "/orders/77?code=\(wrong)", "/orders/77", "/orders/1", "/orders/2?code=\(code)", "/bookings/1",
            ] {
                #expect(try await refused(.GET, path) == words)
            }
            #expect(try await refused(.DELETE, "/orders/2?code=\(code)") == words)
            #expect(try await refused(.PATCH, "/orders/1") == words)
        }
    }

    @Test func `a key that was changed is known for as long as it is named as the previous one`() throws {
        let (one, other) = (Array(repeating: UInt8(1), count: 32), Array(repeating: UInt8(2), count: 32))
        let before = try #require(GuestKeys(current: one))
        let after = try #require(GuestKeys(current: other, previous: [one]))
        let without = try #require(GuestKeys(current: other))
        let code = before.code(workflow: "w", saga: "s")
        #expect(before.isCode(code, workflow: "w", saga: "s") && after.isCode(code, workflow: "w", saga: "s"))
        #expect(!without.isCode(code, workflow: "w", saga: "s"))
        #expect(!after.isCode(code, workflow: "w", saga: "t") && !after.isCode("", workflow: "w", saga: "s"))
        #expect(after.code(workflow: "w", saga: "s") != code)
        #expect(GuestKeys(current: [1]) == nil)
    }

    @Test func `who may do what: each route for a guest, staff and an operator`() async throws {
        try await House.open(Self.known) { house in
            _ = try await house.ask(.POST, "/orders", Self.line)
            _ = try await house.settled(1, "Reserved")
            // Statuses for nobody, viewer, starter, signaller, operator.
            let table: [(HTTPMethod, String, String?, [Int])] = [
                (.GET, "/actuator/health", nil, [200, 200, 200, 200, 200]),
                (.GET, "/", nil, [200, 200, 200, 200, 200]),
                (.GET, "/orders", nil, [403, 200, 200, 200, 200]),
                (.GET, "/orders/1", nil, [404, 200, 200, 200, 200]),
                (.GET, "/bookings/1", nil, [404, 200, 200, 200, 200]),
                (.PATCH, "/orders/1", "{}", [404, 403, 422, 403, 422]),
                (.GET, "/mypages", nil, [403, 200, 200, 200, 200]),
                (.GET, "/hotelViews", nil, [403, 200, 200, 200, 200]),
                (.GET, "/reservations", nil, [403, 200, 200, 200, 200]),
                (.GET, "/metrics", nil, [403, 200, 200, 200, 200]),
                (.GET, "/api/v1/sagas", nil, [403, 200, 200, 200, 200]),
                (.GET, "/api/v1/status", nil, [403, 200, 200, 200, 200]),
                (.GET, "/api/v1/health", nil, [200, 200, 200, 200, 200]),
                (.POST, "/confirmations", #"{"orderid":1}"#, [403, 403, 403, 422, 422]),
                (.POST, "/api/v1/sagas", "{}", [403, 403, 400, 403, 400]),
                (.POST, "/api/v1/sagas/reservation:1/signals/nonsense", "{}", [403, 403, 403, 409, 409]),
                (.POST, "/api/v1/sagas/reservation:1/retry", #"{"reason":"x"}"#, [403, 403, 403, 403, 409]),
                (.POST, "/api/v1//sagas/%72eservation:1/retry", #"{"reason":"x"}"#, [403, 403, 403, 403, 409]),
                (.POST, "/api/v1/reload", "{}", [403, 403, 403, 403, 200]),
            ]
            for (method, path, body, statuses) in table {
                for (role, status) in zip(["", "viewer", "starter", "signaller", "operator"], statuses) {
                    let answer = try await house.ask(method, path, body, role.isEmpty ? [] : [("Test-Role", role)])
                    #expect(answer.status == status, "\(method) \(path) for '\(role)': \(answer.text)")
                }
            }
        }
    }

    @Test func `open is for this machine, by its own name, and not for pages of others`() async throws {
        try await House.open { house in
            #expect(try await house.ask(.GET, "/orders").status == 200)
            #expect(try await house.ask(.GET, "/orders", nil, [("Host", "evil.example")]).status == 403)
            #expect(try await house.ask(.GET, "/orders", nil, [("X-Forwarded-For", "192.0.2.7")]).status == 403)
            let foreign = try await house.ask(
                .POST, "/api/v1/reload", "{}", [("Sec-Fetch-Site", "cross-site")])
            #expect(foreign.status == 403 && foreign.problem == "foreign-page")
            #expect(
                try await house.ask(.POST, "/api/v1/reload", "{}", [("Sec-Fetch-Site", "same-origin")]).status == 200)
        }
        var shut = House.Options()
        shut.isOpen = false
        try await House.open(shut) { house in
            let refused = try await house.ask(.GET, "/orders")
            #expect(refused.status == 403)
        }
        #expect(!PeerAddress.internet("10.0.0.1").isLoopback && PeerAddress.internet("::1").isLoopback)
    }

    @Test func `the history says for whom the gateway spoke, and the log has neither code nor card`() async throws {
        let lines = Mutex<[String]>([])
        var options = Self.known
        options.logger = Logger(label: "kept") { _ in KeptLog(keep: { line in lines.withLock { $0.append(line) } }) }
        try await House.open(options) { house in
            let link = try link(of: try await house.ask(.POST, "/orders", Self.line))
            _ = try await house.settled(1, "Reserved")
            _ = try await house.ask(
                .POST, "/confirmations", #"{"orderid":1,"status":"Confirmed"}"#, [("Test-Role", "signaller")])
            _ = try await house.ask(.GET, link)
            let history = try await house.ask(
                .GET, "/api/v1/sagas/reservation:1/history", nil, [("Test-Role", "viewer")])
            #expect(history["entries", "0", "fields", "by"]?.stringValue?.hasSuffix(" for=guest") == true)
            #expect(history.text.contains(" for=user:signaller\""))
            let code = try #require(link.split(separator: "=").last)
            let log = lines.withLock { $0 }
            #expect(log.contains { $0.contains("path=/bookings/1 ") && $0.contains("status=200") })
            #expect(!log.contains { $0.contains(code) || $0.contains("4111111111111111") })
        }
    }
}

/// Keeps lines as texts.
struct KeptLog: LogHandler {
    let keep: @Sendable (String) -> Void
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info

    init(keep: @escaping @Sendable (String) -> Void) {
        self.keep = keep
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let fields = (event.metadata ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value) " }.joined()
        keep("\(event.message) \(fields)")
    }
}
