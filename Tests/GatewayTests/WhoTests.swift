import CEL
import ControlAPI
import Identity
import Logging
import NIOHTTP1
import Synchronization
import TestPrograms
import Testing

@testable import Gateway

/// Who may what, and how somebody is known: all of it over HTTP.
struct WhoTests {
    /// Statuses for nobody, the guest of order 1, the guest of order 2, viewer, starter, signaller, operator.
    private static let table: [(HTTPMethod, String, String?, [Int])] = [
        (.GET, "/actuator/health", nil, [200, 200, 200, 200, 200, 200, 200]),
        (.GET, "/", nil, [200, 200, 200, 200, 200, 200, 200]),
        (.GET, "/sign-in", nil, [200, 200, 200, 200, 200, 200, 200]),
        (.POST, "/orders", "{}", [422, 422, 422, 422, 422, 422, 422]),
        (.GET, "/orders", nil, [401, 200, 200, 200, 200, 200, 200]),
        (.GET, "/orders/1", nil, [401, 200, 404, 200, 200, 200, 200]),
        (.GET, "/orders/2", nil, [401, 404, 200, 200, 200, 200, 200]),
        (.GET, "/orders/77", nil, [401, 404, 404, 404, 404, 404, 404]),
        (.GET, "/bookings/1", nil, [401, 200, 404, 200, 200, 200, 200]),
        (.PATCH, "/orders/1", "{}", [401, 422, 404, 403, 422, 403, 422]),
        (.DELETE, "/orders/77", nil, [401, 404, 404, 403, 404, 403, 404]),
        (.GET, "/mypages", nil, [401, 403, 403, 200, 200, 200, 200]),
        (.GET, "/hotelViews", nil, [401, 403, 403, 200, 200, 200, 200]),
        (.GET, "/reservations", nil, [401, 403, 403, 200, 200, 200, 200]),
        (.GET, "/metrics", nil, [401, 403, 403, 200, 200, 200, 200]),
        (.GET, "/api/v1/sagas", nil, [401, 403, 403, 200, 200, 200, 200]),
        (.GET, "/api/v1/status", nil, [401, 403, 403, 200, 200, 200, 200]),
        (.GET, "/api/v1/health", nil, [200, 200, 200, 200, 200, 200, 200]),
        (.POST, "/confirmations", #"{"orderid":1}"#, [401, 403, 403, 403, 403, 422, 422]),
        (.POST, "/api/v1/sagas", "{}", [401, 403, 403, 403, 400, 403, 400]),
        (.POST, "/api/v1/sagas/reservation:1/signals/nonsense", "{}", [401, 403, 403, 403, 403, 409, 409]),
        (.POST, "/api/v1/sagas/reservation:1/retry", #"{"reason":"x"}"#, [401, 403, 403, 403, 403, 403, 409]),
        (.POST, "/api/v1//sagas/%72eservation:1/retry", #"{"reason":"x"}"#, [401, 403, 403, 403, 403, 403, 409]),
        (.POST, "/api/v1/reload", "{}", [401, 403, 403, 403, 403, 403, 200]),
    ]

    private func check(
        _ house: House, _ column: Int, _ who: String, _ headers: [(String, String)]
    ) async throws {
        for (method, path, body, statuses) in Self.table {
            let answer = try await house.ask(method, path, body, headers)
            #expect(answer.status == statuses[column], "\(method) \(path) for \(who): \(answer.text)")
            #expect(answer.headers.first(name: "referrer-policy") == "same-origin")
            #expect(answer.headers.first(name: "x-frame-options") == "DENY")
            #expect(answer.status != 401 || answer.headers.contains(name: "www-authenticate"))
        }
    }

    /// Two guests' orders, both settled.
    private func guests(_ house: House, _ viewer: [(String, String)]) async throws -> (first: Browser, other: Browser) {
        let (first, other) = (try await Browser.guest(house).browser, try await Browser.guest(house).browser)
        for number in 1...2 { _ = try await house.settled(number, "Reserved", viewer) }
        return (first, other)
    }

    @Test func `each route for nobody, two guests and each role by its token`() async throws {
        let staff = try Staff()
        try await House.open(.known(staff)) { house in
            let (first, other) = try await guests(house, try staff.headers(.viewer))
            try await check(house, 0, "nobody", [])
            try await check(house, 1, "the guest", first.headers)
            try await check(house, 2, "another guest", other.headers)
            for (column, role) in zip(3..., Caller.grantable) {
                try await check(house, column, role.rawValue, try staff.headers(role))
            }
        }
    }

    @Test func `each route by a session, by an issuer's token and by the word of a proxy`() async throws {
        let staff = try Staff()
        let issuer = Issuer()
        var options = House.Options.known(staff, ["jwt": Issuer.rules])
        options.webKeys = { issuer.keys }
        try await House.open(options) { house in
            _ = try await guests(house, try staff.headers(.viewer))
            // Its keys are fetched when the first token comes.
            try await check(house, 5, "an issuer's", [("Authorization", "Bearer \(try issuer.token())")])
            var browser = Browser()
            browser.keep(try await house.ask(.POST, "/sign-in", #"{"token":"\#(try staff.token(.signaller))"}"#))
            try await browser.load(house)
            try await check(house, 5, "a session", browser.headers)
        }
        let proxy: Value = ["peers": ["127.0.0.1"], "groups": ["desk": "signaller"]]
        try await House.open(.known(staff, ["proxy": proxy])) { house in
            let desk = [("X-Forwarded-User", "Kim"), ("X-Forwarded-Groups", "desk")]
            var browser = Browser()
            _ = try await guests(house, try staff.headers(.viewer) + desk)
            try await browser.load(house, desk)
            try await check(house, 5, "a proxy's", desk + browser.headers)
        }
        // Nobody's word where no proxy is named.
        try await House.open(.known(staff)) { house in
            let desk = [("X-Forwarded-User", "Kim"), ("X-Forwarded-Groups", "desk")]
            let answer = try await house.ask(.GET, "/mypages", nil, desk)
            #expect(answer.status == 401)
        }
    }

    @Test func `a token that proves nothing is refused, also where nobody would do`() async throws {
        let staff = try Staff()
        try await House.open(.known(staff)) { house in
            for field in ["Bearer yogi_nonsense", "Bearer ", "Basic YTpi", "Booking x"] {
                let answer = try await house.ask(.GET, "/", nil, [("Authorization", field)])
                #expect(answer.status == 401 && answer.problem == "not-signed-in", "\(field)")
            }
            #expect(try await house.ask(.POST, "/sign-in", #"{"token":"yogi_x"}"#).status == 401)
            #expect(try await house.ask(.POST, "/sign-in", "{}").status == 422)
        }
    }

    @Test func `signing in gives a session, and signing out ends it wherever its cookie is`() async throws {
        let staff = try Staff()
        try await House.open(.known(staff)) { house in
            var browser = Browser()
            try await browser.load(house)
            // As a page's form sends it.
            let form = "token=\(try staff.token(.viewer))&csrf=\(try #require(browser.formToken))"
            let kind = [("Content-Type", "application/x-www-form-urlencoded")]
            let signed = try await house.ask(.POST, "/sign-in", form, browser.cookieHeaders + kind)
            #expect(signed.status == 200 && signed["user"] == "viewer" && signed["roles", "0"] == "viewer")
            let line = try #require(signed.headers["set-cookie"].last)
            #expect(line.hasPrefix("__Host-yogi-session=") && line.hasSuffix("HttpOnly; SameSite=Lax; Secure"))
            browser.keep(signed)
            let copied = browser.cookieHeaders
            #expect(try await house.ask(.GET, "/mypages", nil, copied).status == 200)
            let without = try await house.ask(.POST, "/sign-out", nil, copied)
            #expect(without.status == 403 && without.problem == "form-token")
            try await browser.load(house)
            let out = try await house.ask(.POST, "/sign-out", nil, browser.headers)
            #expect(out.status == 200 && out["user"] == nil)
            browser.keep(out)
            #expect(browser.cookieHeaders.isEmpty)
            let after = try await house.ask(.GET, "/mypages", nil, copied)
            #expect(after.status == 401)
            #expect(after.headers["set-cookie"].contains { $0.hasPrefix("__Host-yogi-session=;") })
        }
    }

    @Test func `another site may do nothing in a guest's name`() async throws {
        try await House.open(.known(try Staff())) { house in
            let guest = try await Browser.guest(house).browser
            let naked = try await house.ask(.DELETE, "/orders/1", nil, guest.cookieHeaders)
            #expect(naked.status == 403 && naked.problem == "form-token")
            let wrong = try await house.ask(
                .DELETE, "/orders/1", nil, guest.cookieHeaders + [("X-CSRF-Token", "AAAAAAAAAAAAAAAAAAAAAA")])
            #expect(wrong.status == 403)
            for foreign in [("Origin", "https://evil.example"), ("Origin", "null"), ("Sec-Fetch-Site", "same-site")] {
                let answer = try await house.ask(.DELETE, "/orders/1", nil, guest.headers + [foreign])
                #expect(answer.status == 403 && answer.problem == "cross-site", "\(foreign)")
                let ordered = try await house.ask(.POST, "/orders", #"{"name":"A","cardNo":"1"}"#, [foreign])
                #expect(ordered.status == 403)
            }
            #expect(try await house.ask(.GET, "/orders", nil, guest.headers)["page", "count"] == 1)
            #expect(try await house.ask(.DELETE, "/orders/1", nil, guest.headers).status < 300)
        }
    }

    @Test func `guests behind a proxy that is named are told apart, and of another it is said once that they are not`()
        async throws
    {
        let limits: Value = ["address": ["rate": "1/h", "burst": 2]]
        let (one, other) = ([("X-Forwarded-For", "192.0.2.1")], [("X-Forwarded-For", "192.0.2.2")])
        let staff = try Staff()
        try await House.open(.known(staff, ["limits": limits, "forwarders": "127.0.0.1"])) { house in
            for headers in [one, other] {
                for status in [200, 200, 429] {
                    let answer = try await house.ask(.GET, "/", nil, headers)
                    #expect(answer.status == status)
                }
            }
        }
        let lines = Mutex<[String]>([])
        var options = House.Options.known(staff, ["limits": limits])
        options.logger = Logger(label: "kept") { _ in KeptLog(keep: { line in lines.withLock { $0.append(line) } }) }
        try await House.open(options) { house in
            for (headers, status) in [(one, 200), (other, 200), (one, 429)] {
                let answer = try await house.ask(.GET, "/", nil, headers)
                #expect(answer.status == status)
            }
        }
        #expect(lines.withLock { $0 }.count { $0.contains("identity.forwarders") } == 1)
    }

    @Test func `who asks too often is told when to come again: by address, and by name`() async throws {
        let staff = try Staff()
        let (once, often): (Value, Value) = (["rate": "1/h", "burst": 2], ["rate": "1000000/s", "burst": 1_000_000])
        try await House.open(.known(staff, ["limits": ["address": once, "identity": often]])) { house in
            for status in [200, 200, 429] { #expect(try await house.ask(.GET, "/").status == status) }
            let refused = try await house.ask(.GET, "/", nil, try staff.headers(.operator))
            #expect(refused.status == 429 && refused.problem == "too-many-requests")
            let seconds = refused.headers.first(name: "retry-after").flatMap { Int($0) } ?? 0
            #expect((3_000...3_600).contains(seconds), "\(seconds)")
        }
        try await House.open(.known(staff, ["limits": ["address": often, "identity": once]])) { house in
            for status in [200, 200, 429] {
                #expect(try await house.ask(.GET, "/mypages", nil, try staff.headers(.viewer)).status == status)
            }
            let other = try await house.ask(.GET, "/mypages", nil, try staff.headers(.operator))
            #expect(other.status == 200)
            #expect(try await house.ask(.GET, "/").status == 200)
        }
    }
}
