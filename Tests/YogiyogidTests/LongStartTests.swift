import Synchronization
import Systemd
import Testing

@testable import YogiyogidProgram

struct LongStartTests {
    @Test func `a start that moves asks for time, once a second, until it is ready`() {
        let said = Mutex<[String]>([])
        let time = Mutex(Duration.zero)
        let start = LongStart(
            notifier: Notifier { text in said.withLock { $0.append(text) } }, now: { time.withLock { $0 } })
        start.moved()
        #expect(said.withLock { $0 } == [])
        for _ in 0..<40 {
            time.withLock { $0 += .milliseconds(100) }
            start.moved()
        }
        #expect(said.withLock { $0 } == Array(repeating: "EXTEND_TIMEOUT_USEC=60000000", count: 4))
        // Nothing moved for an hour, so nothing was asked.
        time.withLock { $0 += .seconds(3_600) }
        #expect(said.withLock { $0 }.count == 4)
        start.end()
        start.moved()
        #expect(said.withLock { $0 }.count == 4)
    }
}
