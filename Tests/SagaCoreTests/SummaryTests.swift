import Basics
import CEL
import Testing

@testable import SagaCore

/// What lists show of a saga, and how it is stored.
struct SummaryTests {
    private var full: SagaSummary {
        get throws {
            var player = Player(workflow: .reservation)
            let input: Value = .map(
                MapValue([
                    ("name", .string("Ann")), ("cardNo", .string("4111")), ("room", .string("12")), ("amount", .int(1)),
                ]))
            let saga = try player.start(StartSent(id: Player.id, key: "k", input: input), at: Player.start).saga
            let masker = Masker(for: saga, in: .reservation)
            return SagaSummary(of: saga, in: .reservation, masker: masker)
        }
    }

    @Test func `it says what a list shows, and reads back`() throws {
        let summary = try full
        #expect(summary.key == "k" && summary.workflow == "reservation")
        #expect(JSON.string(.map(summary.shownAttributes)) == #"{"guest":"Ann","room":"12"}"#)
        #expect(summary.maskedAttributes == nil && summary.trouble == nil)
        #expect(try SagaSummary(bytes: summary.bytes(of: Player.id), of: Player.id) == summary)
        var other = summary
        other.call = .init(number: 4, call: "a.b", undo: "a.c")
        other.leavingTo = "X"
        other.cancel = .tooLate
        other.trouble = .init(code: .unrecognised, message: "why", step: other.call, undone: nil)
        other.alarms = [.init(number: 300, at: Player.start + -1, step: 2, message: "late")]
        other.maskedAttributes = MapValue([("guest", .string("***"))])
        other.updatedAt = other.startedAt + -5
        #expect(try SagaSummary(bytes: other.bytes(of: Player.id), of: Player.id) == other)
    }

    @Test func `bytes of any other kind end in an error`() throws {
        let bytes = try full.bytes(of: Player.id)
        for count in bytes.indices {
            #expect(throws: BrokenRecord.self) { try SagaSummary(bytes: Array(bytes[..<count]), of: Player.id) }
        }
        #expect(throws: BrokenRecord.self) { try SagaSummary(bytes: bytes + [0], of: Player.id) }
        #expect(throws: BrokenRecord.self) { try SagaSummary(bytes: [2] + bytes.dropFirst(), of: Player.id) }
        var random = SplitMix64(seed: 24)
        for _ in 0..<20_000 {
            var changed = bytes
            for _ in 0...Int(random.next() % 3) {
                changed[Int(random.next() % UInt64(changed.count))] = UInt8(truncatingIfNeeded: random.next())
            }
            // It may read as another one, and must not trap.
            _ = try? SagaSummary(bytes: changed, of: Player.id)
        }
    }

    @Test func `secrets are masked in what is shown, and attributes are found as they are`() throws {
        var workflow = Workflow.reservation
        workflow.attributes = [Attribute(name: "card", value: template("${input.cardNo}"))]
        var player = Player(workflow: workflow)
        let input: Value = .map(
            MapValue([
                ("name", .string("Ann")), ("cardNo", .string("4111 2222")), ("room", .string("12")),
                ("amount", .int(1)),
            ]))
        let saga = try player.start(
            StartSent(id: Player.id, key: "of 4111 2222", input: input), at: Player.start
        ).saga
        let masker = Masker(secrets: [.string("4111 2222")])
        let summary = SagaSummary(of: saga, in: workflow, masker: masker)
        #expect(summary.key == "of ***")
        #expect(summary.attributes["card"] == .string("4111 2222"))
        #expect(summary.shownAttributes["card"] == .string("***"))
    }
}
