import Dispatch
import Foundation
import Logging
import Synchronization
import Testing

@testable import Systemd

struct JournalTests {
    @Test(arguments: [
        ("SAGA_ID", "SAGA_ID"), ("saga_id", "SAGA_ID"), ("saga.id", "SAGA_ID"), ("saga-id", "SAGA_ID"),
        ("sagaID", "SAGA_ID"), ("MESSAGE_ID", "MESSAGE_ID"), ("_trusted", "TRUSTED"), ("2nd", "FIELD_2ND"),
        ("", "FIELD_"), ("message", "FIELD_MESSAGE"), ("PRIORITY", "FIELD_PRIORITY"), ("naïve key", "NA_VE_KEY"),
        ("A2_B", "A2_B"), ("2ND", "FIELD_2ND"), ("ÄB", "B"),
        (String(repeating: "X", count: 70), String(repeating: "X", count: 64)),
        (String(repeating: "x", count: 70), String(repeating: "X", count: 64)),
    ])
    func `a key becomes a name that journald accepts`(key: String, name: String) {
        #expect(JournalEntry.fieldName(key) == name)
    }

    @Test func `an event becomes fields`() throws {
        let sent = Mutex<[JournalEntry]>([])
        let queue = JournalQueue(capacity: 8) { entry in sent.withLock { $0.append(entry) } }
        var logger = Logger(label: "test") { _ in JournalLogHandler(identifier: "yogiyogid", level: .info, queue: queue)
        }
        logger[metadataKey: "SAGA_ID"] = "0193"
        logger.debug("not this")
        logger.warning("stuck", metadata: ["SAGA_STEP": "charge\nsecond line", "MESSAGE_ID": "5a2f"])
        queue.flush(seconds: 30)
        let fields = sent.withLock { $0 }.map { entry in entry.fields.map { "\($0.name)=\($0.value)" } }
        #expect(
            fields == [
                [
                    "MESSAGE=stuck", "PRIORITY=4", "SYSLOG_IDENTIFIER=yogiyogid", "MESSAGE_ID=5a2f", "SAGA_ID=0193",
                    "SAGA_STEP=charge\nsecond line",
                ]
            ])
    }

    @Test func `priorities are those of syslog`() {
        #expect(Logger.Level.allCases.map(JournalEntry.priority) == [7, 7, 6, 5, 4, 3, 2])
    }

    @Test func `when journald stands still entries are dropped, counted, and the count is logged`() async {
        let sent = Mailbox<String>()
        let release = DispatchSemaphore(value: 0)
        let queue = JournalQueue(capacity: 3) { entry in
            sent.put(entry.fields.map(\.value).joined(separator: "|"))
            release.wait()
        }
        let logger = Logger(label: "test") { _ in JournalLogHandler(identifier: "t", level: .info, queue: queue) }
        logger.info("being sent")
        #expect(await sent.take() == "being sent|6|t")
        for number in 1...3 { logger.info("waits \(number)") }
        #expect(queue.dropped == 0)
        logger.info("lost")
        logger.info("lost too")
        #expect(queue.dropped == 2)
        for _ in 0..<5 { release.signal() }
        #expect(
            await sent.take()
                == "journald did not keep up and entries were dropped|4|t|2|8cbf84f5a4bf431c90ef21ef592216a6")
        #expect(await sent.take() == "waits 1|6|t")
        #expect(await sent.take() == "waits 2|6|t")
        #expect(await sent.take() == "waits 3|6|t")
        queue.flush(seconds: 30)
        #expect(sent.all == [])
        #expect(queue.dropped == 2)
    }

    @Test func `entries arrive in order and flush waits for the last`() {
        let sent = Mutex<[String]>([])
        let queue = JournalQueue(capacity: 10_000) { entry in sent.withLock { $0.append(entry.fields[0].value) } }
        let logger = Logger(label: "test") { _ in JournalLogHandler(identifier: "t", level: .info, queue: queue) }
        for number in 0..<5000 { logger.info("\(number)") }
        queue.flush(seconds: 30)
        #expect(sent.withLock { $0 } == (0..<5000).map(String.init))
    }

    @Test func `the journal is taken only when standard error is the stream that systemd made`() throws {
        let pipe = Pipe()
        let descriptor = pipe.fileHandleForWriting.fileDescriptor
        let target = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(descriptor)")
        let inode = try #require(UInt64(target.filter(\.isNumber)))
        var facts = stat()
        try #require(fstat(descriptor, &facts) == 0)
        let device = UInt64(facts.st_dev)
        #expect(LogBackend.isJournal("\(device):\(inode)", descriptor: descriptor))
        #expect(!LogBackend.isJournal("\(device):\(inode + 1)", descriptor: descriptor))
        #expect(!LogBackend.isJournal("\(device + 1):\(inode)", descriptor: descriptor))
        for text in [nil, "", ":", "\(device)", "\(device):", "x:y", "\(device):\(inode):1"] {
            #expect(!LogBackend.isJournal(text, descriptor: descriptor))
        }
    }
}
