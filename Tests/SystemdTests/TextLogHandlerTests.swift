import Dispatch
import Foundation
import Logging
import Synchronization
import Testing

@testable import Systemd

struct TextLogHandlerTests {
    /// The line that `log` makes at 2026-11-24T03:50:44.123Z, read from the descriptor that it went to.
    private func written(_ log: (inout Logger) -> Void) -> String {
        let written = Mutex<[UInt8]>([])
        let queue = TextLogHandler.queue(capacity: 100) { line in written.withLock { $0 += line } }
        var logger = Logger(label: "test") { _ in
            TextLogHandler(level: .trace, queue: queue) { Self.time }
        }
        log(&logger)
        queue.flush(seconds: 30)
        return String(decoding: written.withLock { $0 }, as: UTF8.self)
    }

    private static let time = timespec(tv_sec: 1_795_492_244, tv_nsec: 123_999_999)

    @Test func `where nobody reads lines are dropped, and how many is said when somebody does`() async {
        let (sent, release) = (Mailbox<String>(), DispatchSemaphore(value: 0))
        let send: @Sendable ([UInt8]) -> Void = { line in
            sent.put(String(decoding: line, as: UTF8.self))
            release.wait()
        }
        let queue = TextLogHandler.queue(capacity: 2, now: { Self.time }, send: send)
        let logger = Logger(label: "test") { _ in TextLogHandler(level: .info, queue: queue) { Self.time } }
        logger.info("being written")
        #expect(await sent.take() == "2026-11-24T03:50:44.123Z info  being written\n")
        for number in 1...5 { logger.info("\(number)") }
        #expect(queue.dropped == 3)
        for _ in 0..<3 { release.signal() }
        #expect(
            await sent.take()
                == "2026-11-24T03:50:44.123Z warning lines were dropped, as nobody read them dropped=3\n")
        #expect(await sent.take() == "2026-11-24T03:50:44.123Z info  1\n2026-11-24T03:50:44.123Z info  2\n")
        queue.flush(seconds: 30)
    }

    @Test func `what has gathered is written in whole lines, as many as a pipe takes at once`() {
        let line = [UInt8](repeating: 0x61, count: 1_365)
        let long = [UInt8](repeating: 0x62, count: 10_000)
        #expect(TextLogHandler.parts([line, line, line, line, long, line]) == [line + line + line, line, long, line])
        #expect(TextLogHandler.parts([]) == [])
    }

    @Test func `what is said straight to a descriptor comes behind what was logged`() throws {
        let pipe = Pipe()
        let descriptor = pipe.fileHandleForWriting.fileDescriptor
        let queue = TextLogHandler.queue(capacity: 1_000) { TextLogHandler.write(descriptor, $0) }
        let logger = Logger(label: "test") { _ in TextLogHandler(level: .info, queue: queue) { Self.time } }
        for number in 0..<100 { logger.info("\(number)") }
        queue.flush(seconds: 30)
        TextLogHandler.write(descriptor, Array("last\n".utf8))
        try pipe.fileHandleForWriting.close()
        let lines = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self).split(
            separator: "\n")
        #expect(lines.count == 101 && lines.last == "last")
    }

    @Test func `a line has time, level, message and the saga first`() {
        let line = written {
            $0.info("started", metadata: ["SAGA_STATE": "Paying", "SAGA_ID": "0193", "ACTOR_UID": "0"])
        }
        #expect(line == "2026-11-24T03:50:44.123Z info  started saga=0193 actor_uid=0 state=Paying\n")
    }

    @Test func `levels have a column of five letters`() {
        let lines = written { logger in
            for level in Logger.Level.allCases { logger.log(level: level, "m") }
        }
        #expect(
            lines == """
                2026-11-24T03:50:44.123Z trace m
                2026-11-24T03:50:44.123Z debug m
                2026-11-24T03:50:44.123Z info  m
                2026-11-24T03:50:44.123Z notice m
                2026-11-24T03:50:44.123Z warning m
                2026-11-24T03:50:44.123Z error m
                2026-11-24T03:50:44.123Z critical m

                """)
    }

    @Test func `values with spaces, quotes or nothing in them are quoted`() {
        let line = written {
            $0.info("m", metadata: ["a": "two words", "b": "say \"x\\y\"", "c": "", "d": "k=v", "e": "straße"])
        }
        #expect(
            line == #"2026-11-24T03:50:44.123Z info  m a="two words" b="say \"x\\y\"" c="" d="k=v" e=straße"# + "\n")
    }

    @Test func `neither a message nor a value can forge a line`() {
        let line = written { $0.info("a\nb\u{1b}[2J", metadata: ["reason": "x\r\n2026 forged"]) }
        #expect(line == #"2026-11-24T03:50:44.123Z info  a\nb\u{1b}[2J reason="x\r\n2026 forged""# + "\n")
    }

    @Test func `control characters beyond ASCII are escaped, and no letter is`() {
        let line = written { $0.info("a\u{85}b\u{9f}c", metadata: ["name": "Zoë·Ümit漢"]) }
        #expect(line == #"2026-11-24T03:50:44.123Z info  a\u{85}b\u{9f}c name=Zoë·Ümit漢"# + "\n")
    }

    @Test func `the nearer metadata wins, and an error is a field`() {
        let line = written { logger in
            logger[metadataKey: "a"] = "logger"
            logger[metadataKey: "b"] = "logger"
            logger.warning("m", error: Failure(), metadata: ["b": "event"])
        }
        #expect(line == "2026-11-24T03:50:44.123Z warning m a=logger b=event error=Failure()\n")
    }

    @Test func `the catalog's id is not for the eye`() {
        let line = written { $0.info("m", metadata: ["MESSAGE_ID": "5a2f"]) }
        #expect(line == "2026-11-24T03:50:44.123Z info  m\n")
    }

    private struct Failure: Error {}
}
