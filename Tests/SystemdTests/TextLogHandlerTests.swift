import Foundation
import Logging
import Testing

@testable import Systemd

struct TextLogHandlerTests {
    /// The line that `log` makes at 2026-11-24T03:50:44.123Z, read from the descriptor that it went to.
    private func written(_ log: (inout Logger) -> Void) throws -> String {
        let pipe = Pipe()
        var logger = Logger(label: "test") { _ in
            TextLogHandler(level: .trace, descriptor: pipe.fileHandleForWriting.fileDescriptor) {
                timespec(tv_sec: 1_795_492_244, tv_nsec: 123_999_999)
            }
        }
        log(&logger)
        try pipe.fileHandleForWriting.close()
        return String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    }

    @Test func `a line has time, level, message and the saga first`() throws {
        let line = try written {
            $0.info("started", metadata: ["SAGA_STATE": "Paying", "SAGA_ID": "0193", "ACTOR_UID": "0"])
        }
        #expect(line == "2026-11-24T03:50:44.123Z info  started saga=0193 actor_uid=0 state=Paying\n")
    }

    @Test func `levels have a column of five letters`() throws {
        let lines = try written { logger in
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

    @Test func `values with spaces, quotes or nothing in them are quoted`() throws {
        let line = try written {
            $0.info("m", metadata: ["a": "two words", "b": "say \"x\\y\"", "c": "", "d": "k=v", "e": "straße"])
        }
        #expect(
            line == #"2026-11-24T03:50:44.123Z info  m a="two words" b="say \"x\\y\"" c="" d="k=v" e=straße"# + "\n")
    }

    @Test func `neither a message nor a value can forge a line`() throws {
        let line = try written { $0.info("a\nb\u{1b}[2J", metadata: ["reason": "x\r\n2026 forged"]) }
        #expect(line == #"2026-11-24T03:50:44.123Z info  a\nb\u{1b}[2J reason="x\r\n2026 forged""# + "\n")
    }

    @Test func `control characters beyond ASCII are escaped, and no letter is`() throws {
        let line = try written { $0.info("a\u{85}b\u{9f}c", metadata: ["name": "Zoë·Ümit漢"]) }
        #expect(line == #"2026-11-24T03:50:44.123Z info  a\u{85}b\u{9f}c name=Zoë·Ümit漢"# + "\n")
    }

    @Test func `the nearer metadata wins, and an error is a field`() throws {
        let line = try written { logger in
            logger[metadataKey: "a"] = "logger"
            logger[metadataKey: "b"] = "logger"
            logger.warning("m", error: Failure(), metadata: ["b": "event"])
        }
        #expect(line == "2026-11-24T03:50:44.123Z warning m a=logger b=event error=Failure()\n")
    }

    @Test func `the catalog's id is not for the eye`() throws {
        let line = try written { $0.info("m", metadata: ["MESSAGE_ID": "5a2f"]) }
        #expect(line == "2026-11-24T03:50:44.123Z info  m\n")
    }

    private struct Failure: Error {}
}
