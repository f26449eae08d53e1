import AsyncHTTPClient
import CEL
import ControlAPI
import Identity
import NIOCore
import NIOHTTP1
import TestPrograms
import Testing

@testable import Gateway

/// What people look at: each page from the routes that serve it, with its forms sent as a browser sends them.
struct FrontPageTests {
    private static let html = [("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")]
    private static let form = html + [("Content-Type", "application/x-www-form-urlencoded")]

    private func value(_ name: String, in page: House.Answer) throws -> String {
        let found = page.text.firstMatch(
            of: try Regex("name=\"\(name)\" value=\"([^\"]*)\"", as: (Substring, Substring).self))
        return String(try #require(found?.output.1))
    }

    @Test func `a guest orders by the form, follows the order and cancels it`() async throws {
        let staff = try Staff()
        try await House.open(.known(staff)) { house in
            var browser = Browser()
            let home = try await house.ask(.GET, "/", nil, Self.html)
            #expect(home.status == 303 && home.headers.first(name: "location") == "/book")
            let empty = try await house.ask(.GET, "/book", nil, Self.html)
            #expect(empty.status == 200 && empty.headers.first(name: "content-type") == "text/html; charset=utf-8")
            browser.keep(empty)
            let csrf = try value("csrf", in: empty)
            let (checkIn, key) = (try value("checkIn", in: empty), try value("idempotency-key", in: empty))
            let order =
                "csrf=\(csrf)&idempotency-key=\(key)&name=Ann+Lee&cardNo=4111111111111111&room=101&checkIn=\(checkIn)&nights=2"
            let naked = try await house.ask(
                .POST, "/book", order.replacing(csrf, with: "x"), browser.cookieHeaders + Self.form)
            #expect(naked.status == 403 && naked.text.contains("<html"))
            // Sent twice it is one order.
            for _ in 1...2 {
                let placed = try await house.ask(.POST, "/book", order, browser.cookieHeaders + Self.form)
                #expect(placed.status == 303 && placed.headers.first(name: "location") == "/bookings/1")
                browser.keep(placed)
            }
            _ = try await house.settled(1, "Reserved", try staff.headers(.viewer))
            let booking = try await house.ask(.GET, "/bookings/1", nil, browser.cookieHeaders + Self.html)
            #expect(booking.status == 200 && booking.text.contains("data-live=\"/feed?booking=1&amp;after="))
            #expect(!booking.text.contains("4111111111111111"))
            // For programs the same address is a resource.
            #expect(try await house.ask(.GET, "/bookings/1", nil, browser.cookieHeaders)["name"] == "Ann Lee")
            let korean = try await house.ask(
                .GET, "/bookings/1", nil, browser.cookieHeaders + Self.html + [("Accept-Language", "ko")])
            #expect(korean.text.contains("lang=\"ko\""))
            let cancelled = try await house.ask(
                .POST, "/bookings/1/cancel", "csrf=\(csrf)&reason=rain", browser.cookieHeaders + Self.form)
            #expect(cancelled.status == 303)
            _ = try await house.settled(1, "ended", try staff.headers(.viewer))
            let after = try await house.ask(.GET, "/bookings/1", nil, browser.cookieHeaders + Self.html)
            #expect(after.text.contains("rain") && !after.text.contains("data-live"))
            #expect(try await house.ask(.GET, "/feed?booking=1", nil, browser.cookieHeaders).status == 204)
        }
    }

    @Test func `what a form has wrong stands at its field, and nothing is ordered`() async throws {
        try await House.open { house in
            let wrong = try await house.ask(
                .POST, "/book", "name=&cardNo=&room=101&checkIn=never&nights=1", Self.form)
            #expect(wrong.status == 422 && wrong.text.contains("aria-invalid=\"true\""))
            #expect(try await house.ask(.GET, "/orders")["page", "count"] == 0)
        }
    }

    @Test func `a link's code goes into the browser and out of the address`() async throws {
        try await House.open(.known(try Staff())) { house in
            let placed = try await house.ask(.POST, "/orders", #"{"name":"A","cardNo":"1"}"#)
            let link = try #require(placed["_links", "booking", "href"]?.stringValue)
            let opened = try await house.ask(.GET, link, nil, Self.html)
            #expect(opened.status == 303 && opened.headers.first(name: "location") == "/bookings/1")
            var browser = Browser()
            browser.keep(opened)
            #expect(try await house.ask(.GET, "/bookings/1", nil, browser.cookieHeaders + Self.html).status == 200)
        }
    }

    @Test func `a page tells of each thing that happens to its order`() async throws {
        try await House.open(.known(try Staff())) { house in
            let guest = try await Browser.guest(house).browser
            let told = try await house.begin("/feed?booking=1", guest.cookieHeaders)
            #expect(told.headers.first(name: "content-type") == "text/event-stream")
            #expect(try await house.ask(.DELETE, "/orders/1", nil, guest.headers).status < 300)
            let events = String(buffer: try await told.body.collect(upTo: 1 << 20))
            #expect(events.contains("event: change\ndata: {}\n\n") && !events.contains("Ann"))
            #expect(try await house.ask(.GET, "/feed?booking=1").status == 401)
        }
    }

    @Test func `the desk signs in by the page, confirms, and signs out`() async throws {
        let staff = try Staff()
        try await House.open(.known(staff)) { house in
            _ = try await Browser.guest(house)
            _ = try await house.settled(1, "Reserved", try staff.headers(.viewer))
            var browser = Browser()
            let asked = try await house.ask(.GET, "/desk", nil, Self.html)
            #expect(asked.status == 401 && asked.text.contains("type=\"password\""))
            browser.keep(asked)
            let csrf = try value("csrf", in: asked)
            let refused = try await house.ask(
                .POST, "/sign-in", "csrf=\(csrf)&token=yogi_x&next=/desk", browser.cookieHeaders + Self.form)
            #expect(refused.status == 401 && refused.text.contains("aria-invalid"))
            let signed = try await house.ask(
                .POST, "/sign-in", "csrf=\(csrf)&token=\(try staff.token(.signaller))&next=/desk",
                browser.cookieHeaders + Self.form)
            #expect(signed.status == 303 && signed.headers.first(name: "location") == "/desk")
            browser.keep(signed)
            let desk = try await house.ask(.GET, "/desk", nil, browser.cookieHeaders + Self.html)
            #expect(desk.status == 200 && desk.text.contains("Ann"))
            let own = try value("csrf", in: desk)
            let confirmed = try await house.ask(
                .POST, "/desk/1/confirm", "csrf=\(own)&idempotency-key=k1", browser.cookieHeaders + Self.form)
            #expect(confirmed.status == 303)
            #expect(try await house.ask(.GET, "/orders/1", nil, browser.cookieHeaders)["status"] == "Confirmed")
            for path in ["/operations", "/sagas", "/workflows"] {
                #expect(try await house.ask(.GET, path, nil, browser.cookieHeaders + Self.html).status == 200)
            }
            let out = try await house.ask(.POST, "/sign-out", "csrf=\(own)", browser.cookieHeaders + Self.form)
            #expect(out.status == 303)
            #expect(try await house.ask(.GET, "/desk", nil, browser.cookieHeaders + Self.html).status == 401)
        }
    }

    @Test func `nobody is led to another host after signing in`() async throws {
        let staff = try Staff()
        try await House.open(.known(staff)) { house in
            for next in ["//evil.example", "https://evil.example", "/%5Cevil.example", "/a%0d%0ab"] {
                let signed = try await house.ask(
                    .POST, "/sign-in", "token=\(try staff.token(.signaller))&next=\(next)", Self.form)
                #expect(signed.status == 303 && signed.headers.first(name: "location") == "/desk", "\(next)")
            }
        }
    }

    @Test func `an operator tries an act, then does it; others may not`() async throws {
        let staff = try Staff()
        try await House.open(.known(staff)) { house in
            _ = try await Browser.guest(house)
            let id = try #require(
                try await house.settled(1, "Reserved", try staff.headers(.viewer))["id"]?.stringValue)
            let chief = try staff.headers(.operator)
            let trial = try await house.ask(.GET, "/sagas/\(id)?act=terminate", nil, chief + Self.html)
            #expect(trial.status == 200 && trial.text.contains("action=\"/sagas/\(id)/terminate\""))
            let looked = try await house.ask(
                .GET, "/sagas/\(id)?act=terminate", nil, try staff.headers(.viewer) + Self.html)
            #expect(looked.status == 200 && !looked.text.contains("action=\"/sagas/\(id)/terminate\""))
            let refused = try await house.ask(
                .POST, "/sagas/\(id)/terminate", "reason=x", try staff.headers(.signaller) + Self.form)
            #expect(refused.status == 403)
            let done = try await house.ask(.POST, "/sagas/\(id)/terminate", "reason=over", chief + Self.form)
            #expect(done.status == 303)
            #expect(try await house.settled(1, "ended", chief)["status"] == "terminated")
        }
    }

    @Test func `errors are pages for who looks at pages, with the same status`() async throws {
        try await House.open(.known(try Staff())) { house in
            let guest = try await Browser.guest(house).browser
            for (path, status) in [("/orders/77", 404), ("/nothing", 404), ("/mypages", 403), ("/orders?size=0", 400)] {
                let page = try await house.ask(.GET, path, nil, guest.cookieHeaders + Self.html)
                #expect(page.status == status && page.text.contains("<html"), "\(path)")
                let problem = try await house.ask(.GET, path, nil, guest.cookieHeaders)
                #expect(problem.status == status)
                #expect(problem.headers.first(name: "content-type") == "application/problem+json")
            }
        }
    }

    @Test func `the files of the pages are there, to be kept for ever`() async throws {
        try await House.open { house in
            let page = try await house.ask(.GET, "/book", nil, Self.html)
            let paths = page.text.matches(of: #/(?:href|src)="(\/assets\/[^"]+)"/#).map { String($0.1) }
            #expect(paths.count == 2)
            for path in paths {
                let file = try await house.ask(.GET, path)
                #expect(file.status == 200 && !file.text.isEmpty)
                #expect(file.headers.first(name: "cache-control")?.contains("immutable") == true)
            }
        }
    }
}
