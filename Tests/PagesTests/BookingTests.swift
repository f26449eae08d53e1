import CEL
import ControlAPI
import Testing
import WorkflowFile

@testable import Pages

struct BookingTests {
    private let samples = PageTests.samples

    private func booking(_ status: String, _ steps: [SagaResource.Step]) -> Booking {
        Booking(number: 1, saga: samples.saga(status, steps: steps), history: [])
    }

    @Test func `where an order stands, and where its money is, follow from its saga`() {
        let hold = samples.step(3, "Ordered", samples.hold, "succeeded")
        func charge(_ outcome: String, undo: String? = nil) -> SagaResource.Step {
            samples.step(8, "Paying", samples.charge, outcome, undo: undo)
        }
        let accept = samples.step(14, "Reserved", samples.accept, "succeeded")
        let cases: [(Booking, Booking.Standing, Booking.Money)] = [
            (booking("running", []), .ordering, .untouched),
            (booking("running", [hold, charge("unknown")]), .paying, .unknown),
            (booking("waiting", [hold, charge("succeeded"), accept]), .waiting, .taken),
            (booking("succeeded", [hold, charge("succeeded"), accept]), .confirmed, .taken),
            (booking("compensating", [hold, charge("succeeded"), accept]), .returning, .taken),
            (
                booking("compensating", [hold, charge("succeeded", undo: samples.refund), accept]), .returning,
                .returning
            ),
            (booking("compensating", [hold, charge("compensated", undo: samples.refund)]), .releasing, .returned),
            (booking("compensating", [hold, charge("refused")]), .releasing, .refused),
            (booking("cancelled", [hold, charge("compensated", undo: samples.refund)]), .cancelled, .returned),
            (booking("stuck", [hold, charge("unknown", undo: samples.refund)]), .attention, .returning),
            (booking("terminated", [hold]), .ended, .untouched),
        ]
        for (booking, standing, money) in cases {
            #expect(
                booking.standing == standing && booking.money == money, "\(booking.saga.status) \(booking.saga.steps)")
        }
    }

    @Test func `a guest who cancelled reads that the money is on its way back`() {
        let page = Page.booking(BookingPage(booking: samples.booking)).html(samples.frame(.english, .guest))
        #expect(page.contains("<h1>We are giving your money back "))
        #expect(page.contains("<b>₩300,000 is on its way back to your card.</b>"))
        #expect(page.contains("Room 103") && page.contains("15 January to 17 January, 2 nights"))
        // Asked for already: there is no second form.
        #expect(!page.contains("/bookings/17/cancel"))
        let korean = Page.booking(BookingPage(booking: samples.booking)).html(samples.frame(.korean, .guest))
        #expect(korean.contains("1월 15일부터 1월 17일까지, 2박"))
    }

    @Test func `a step is one line from its first attempt to its answer, and what came late is red`() {
        let scene = Scene(samples.frame(.english))
        let text = SagaTimeline(samples.history, scene).markup(scene).text
        #expect(text.split(separator: "<li ").count - 1 == 12)
        #expect(
            text.contains(
                "<li class=\"ok\">Succeeded <code>payment.charge</code> <span class=\"times\">2 attempts</span>"))
        #expect(text.contains("No definite answer <code>payment.refund</code> <span class=\"times\">3 attempts</span>"))
        #expect(text.contains("next at 14:04:41"))
        #expect(text.contains("<li class=\"bad\">Late answer <code>payment.charge</code>"))
    }

    @Test func `a saga's way and effects are read from its history and its steps`() {
        let overlay = DiagramOverlay(saga: samples.undone, history: samples.history)
        #expect(overlay.current == "Reserved")
        #expect(overlay.visited == ["Ordered", "Paying", "Reserved"])
        #expect(
            overlay.taken == [
                .init(from: "Ordered", to: "Paying"), .init(from: "Paying", to: "Reserved"),
                .init(from: "Reserved", to: "Cancelled"),
            ])
        #expect(overlay.effects["Ordered"] == [.init(.undoWaits)])
        #expect(overlay.effects["Paying"] == [.init(.beingUndone, note: "3×")])
        // The acceptance has no compensation: it stays.
        let known = DiagramOverlay(saga: samples.undone, history: samples.history, workflow: samples.workflow)
        #expect(known.effects["Ordered"] == [.init(.undoWaits)] && known.effects["Reserved"] == [.init(.done)])
    }

    @Test func `times are read as the daemon writes them, and written in the hotel's hours`() {
        #expect(WallClock("1970-01-01T00:00:00Z")?.milliseconds == 0)
        #expect(WallClock("2000-02-29T23:59:59.999Z")?.milliseconds == 951_868_799_999)
        for text in ["", "2027-13-01T00:00:00Z", "2027-01-01 00:00", "2027-01-01T00:00:00+09:00"] {
            #expect(WallClock(text) == nil, "\(text)")
        }
        for day in [-719_468, -1, 0, 59, 11_016, 20_833, 2_932_896] as [Int64] {
            let (year, month, ofMonth) = WallClock.date(day)
            #expect(WallClock.day(year, month, ofMonth) == day)
        }
        let scene = Scene(samples.frame(.english))
        #expect(scene.moment("2027-01-12T05:11:58.018Z").text.contains(">14:11</time>"))
        #expect(scene.moment("2027-01-11T05:11:58.018Z").text.contains(">11 January 14:11</time>"))
        #expect(scene.since("2027-01-12T02:00:17.000Z").text.contains(">3 h 4 min</time>"))
        #expect(scene.money(-5, Currency(symbol: "$", digits: 2)) == "$-0.05")
        #expect(scene.money(123_456, Currency(symbol: "€", digits: 2)) == "€1,234.56")
    }

    @Test func `the switch of the language keeps what the page asks for, and stays on this site`() {
        #expect(PagePath.switched("/sagas?status=stuck&lang=en", to: .korean) == "/sagas?status=stuck&lang=ko")
        #expect(PagePath.switched("//elsewhere.example/", to: .korean) == "/elsewhere.example/?lang=ko")
    }
}
