import Testing

@testable import Systemd

/// How near the watchdog has come.
struct MarginTests {
    @Test func `what is left shrinks until it is fed, and the least is kept`() throws {
        let margin = WatchdogMargin()
        #expect(margin.current(at: .seconds(1)) == nil)
        margin.begun(interval: .seconds(30), at: .seconds(100))
        #expect(try #require(margin.current(at: .seconds(105))) == (.seconds(30), .seconds(25), .seconds(30)))
        margin.fed(at: .seconds(120))
        margin.fed(at: .seconds(127))
        #expect(try #require(margin.current(at: .seconds(130))) == (.seconds(30), .seconds(27), .seconds(10)))
        // Beyond the interval nothing is left, and not less than nothing.
        #expect(try #require(margin.current(at: .seconds(900))) == (.seconds(30), .zero, .seconds(10)))
    }
}
