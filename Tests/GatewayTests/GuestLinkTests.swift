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

/// A guest has the code of an order, in the link or in a cookie, and nothing more.
struct GuestLinkTests {
    private static let line = #"{"name":"Ann","cardNo":"4111111111111111"}"#

    private func link(of answer: House.Answer) throws -> String {
        try #require(answer["_links", "booking", "href"]?.stringValue)
    }

    @Test func `the guest's link opens the order, and a cookie keeps it open`() async throws {
        try await House.open(.known(try Staff())) { house in
            let placed = try await house.ask(.POST, "/orders", Self.line)
            let link = try link(of: placed)
            #expect(link.wholeMatch(of: #/\/bookings\/1\?code=[A-Za-z0-9_-]{22}/#) != nil)
            let opened = try await house.ask(.GET, link)
            #expect(opened.status == 200 && opened["name"] == "Ann")
            let cookie = try #require(opened.headers.first(name: "set-cookie"))
            #expect(cookie.hasPrefix("__Host-yogi-orders=") && cookie.hasSuffix("HttpOnly; SameSite=Lax; Secure"))
            let pair = String(cookie.prefix { $0 != ";" })
            #expect(try await house.ask(.GET, "/orders/1", nil, [("Cookie", pair)]).status == 200)
            // Who ordered has it from the first answer on.
            var browser = Browser()
            browser.keep(placed)
            #expect(try await house.ask(.GET, "/bookings/1", nil, browser.cookieHeaders).status == 200)
            let code = try #require(link.split(separator: "=").last)
            #expect(try await house.ask(.GET, "/orders/1?code=\(code)").status == 200)
            #expect(try await house.ask(.GET, "/orders/1", nil, [("Booking-Code", String(code))]).status == 200)
            // It is the guest's to cancel.
            #expect(try await house.ask(.DELETE, "/orders/1?code=\(code)").status < 300)
        }
    }

    @Test func `a guest's list has the orders of the browser alone`() async throws {
        try await House.open(.known(try Staff())) { house in
            let first = try await Browser.guest(house).browser
            let other = try await Browser.guest(house).browser
            let own = try await house.ask(.GET, "/orders", nil, first.cookieHeaders)
            #expect(own["page", "count"] == 1 && own["_embedded", "orders", "0", "number"] == 1)
            let others = try await house.ask(.GET, "/orders", nil, other.cookieHeaders)
            #expect(others["page", "count"] == 1 && others["_embedded", "orders", "0", "number"] == 2)
        }
    }

    @Test func `a wrong code and an order that is not there are answered alike`() async throws {
        try await House.open(.known(try Staff())) { house in
            let link = try link(of: try await house.ask(.POST, "/orders", Self.line))
            let browser = try await Browser.guest(house).browser
            let code = try #require(link.split(separator: "=").last)
            let wrong = String(repeating: "A", count: 22)
            func refused(
                _ method: HTTPMethod, _ path: String, _ headers: [(String, String)] = [], status: Int = 404
            ) async throws -> String {
                let answer = try await house.ask(method, path, nil, headers)
                #expect(answer.status == status, "\(path)")
                return answer.text
            }
            let words = try await refused(.GET, "/orders/1?code=\(wrong)")
            for path in ["/orders/77?code=\(wrong)", "/orders/2?code=\(code)", "/bookings/77?code=\(code)"] {
                #expect(try await refused(.GET, path) == words)
            }
            #expect(try await refused(.DELETE, "/orders/2?code=\(code)") == words)
            let nobody = try await refused(.GET, "/orders/3", status: 401)
            for path in ["/orders/1", "/orders/77", "/bookings/1"] {
                #expect(try await refused(.GET, path, browser.headers) == words)
                #expect(try await refused(.GET, path, status: 401) == nobody)
            }
            #expect(try await refused(.DELETE, "/orders/1", browser.headers) == words)
        }
    }

    @Test func `who held an order does not hold the one that has its number after a restore`() async throws {
        let staff = try Staff()
        let kept = Mutex<[(String, String)]>([])
        try await House.open(.known(staff)) { house in
            let headers = try await Browser.guest(house).browser.headers
            #expect(try await house.ask(.GET, "/orders/1", nil, headers).status == 200)
            kept.withLock { $0 = headers }
        }
        // The same keys and another life of the store.
        try await House.open(.known(staff)) { house in
            let headers = kept.withLock { $0 }
            let placed = try await house.ask(.POST, "/orders", Self.line)
            #expect(placed["number"] == 1)
            #expect(try await house.ask(.GET, "/orders/1", nil, headers).status == 404)
            #expect(try await house.ask(.DELETE, "/orders/1", nil, headers).status == 404)
            #expect(try await house.ask(.GET, "/orders", nil, headers)["page", "count"] == 0)
        }
    }

    @Test func `open is for this machine, by its own name, and not for pages of others`() async throws {
        try await House.open { house in
            #expect(try await house.ask(.GET, "/orders").status == 200)
            #expect(try await house.ask(.GET, "/orders", nil, [("Host", "evil.example")]).status == 403)
            #expect(try await house.ask(.GET, "/orders", nil, [("X-Forwarded-For", "192.0.2.7")]).status == 403)
            let foreign = try await house.ask(
                .POST, "/api/v1/reload", "{}", [("Sec-Fetch-Site", "cross-site")])
            #expect(foreign.status == 403 && foreign.problem == "cross-site")
            #expect(
                try await house.ask(.POST, "/api/v1/reload", "{}", [("Sec-Fetch-Site", "same-origin")]).status == 200)
        }
    }

    @Test func `the history says for whom the gateway spoke, and the log has neither code nor card`() async throws {
        let lines = Mutex<[String]>([])
        let staff = try Staff()
        var options = House.Options.known(staff)
        options.logger = Logger(label: "kept") { _ in KeptLog(keep: { line in lines.withLock { $0.append(line) } }) }
        try await House.open(options) { house in
            let link = try link(of: try await house.ask(.POST, "/orders", Self.line))
            let viewer = try staff.headers(.viewer)
            _ = try await house.settled(1, "Reserved", viewer)
            _ = try await house.ask(
                .POST, "/confirmations", #"{"orderid":1,"status":"Confirmed"}"#, try staff.headers(.signaller))
            _ = try await house.ask(.GET, link)
            let history = try await house.ask(.GET, "/api/v1/sagas/reservation:1/history", nil, viewer)
            #expect(history["entries", "0", "fields", "by"]?.stringValue?.hasSuffix(" for=guest:new") == true)
            #expect(history.text.contains(" for=user:signaller\""))
            let code = try #require(link.split(separator: "=").last)
            let token = try staff.token(.signaller)
            let log = lines.withLock { $0 }
            #expect(log.contains { $0.contains("path=/bookings/1 ") && $0.contains("status=200") })
            for secret in [String(code), "4111111111111111", token] {
                #expect(!log.contains { $0.contains(secret) })
            }
        }
    }
}
