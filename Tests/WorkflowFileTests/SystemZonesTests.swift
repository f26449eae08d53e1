import CEL
import Foundation
import SagaCore
import Testing
import WorkflowFile

struct SystemZonesTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("zones-\(UUID().uuidString)")

    private func put(_ zone: String, as name: String) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let bytes = try Data(contentsOf: URL(fileURLWithPath: "/usr/share/zoneinfo/\(zone)"))
        try bytes.write(to: folder.appendingPathComponent(name), options: .atomic)
    }

    private func complaint(_ name: String) -> String {
        do throws(ZoneError) {
            _ = try SystemZones(folder: folder.path).zone(name)
            return "a zone"
        } catch {
            return error.message
        }
    }

    @Test func `a name that is no zone is refused in words, and nothing else is asked of the disk`() throws {
        try put("Europe/Berlin", as: "Here")
        #expect(complaint("Here") == "a zone")
        #expect(complaint("There") == "unknown time zone 'There'")
        #expect(complaint("here") == "unknown time zone 'here'")
        for name in ["", "/etc/passwd", "../Here", "./Here", "Here/", "Here//Here", "Here\u{0}", "Hé", ".Here"] {
            #expect(complaint(name) == "unknown time zone '\(name)'")
        }
        #expect(
            complaint(String(repeating: "A", count: 1_000))
                == "unknown time zone '\(String(repeating: "A", count: 64))'")
    }

    @Test func `a file that is no table is told, and a pipe is not waited for`() throws {
        try put("Europe/Berlin", as: "Here")
        try Data("hello".utf8).write(to: folder.appendingPathComponent("Text"))
        #expect(mkfifo(folder.appendingPathComponent("Pipe").path, 0o600) == 0)
        #expect(
            complaint("Text")
                == "time zone 'Text' cannot be read: \(folder.path)/Text is no table of a time zone, or damaged")
        #expect(complaint("Pipe") == "unknown time zone 'Pipe'")
    }

    @Test func `a machine without zones says so`() {
        #expect(
            complaint("Europe/Berlin")
                == "time zone 'Europe/Berlin' is not known, as this machine has no time zones in \(folder.path) "
                + "(install the package 'tzdata')")
    }

    /// Another table is another answer from then on; what was decided stays.
    @Test func `a change of the tables changes no timer that is set`() throws {
        try put("Europe/Berlin", as: "Hotel")
        let zones = SystemZones(folder: folder.path)
        let source = "local(days(input.checkIn, -1) + 'T18:00:00', 'Hotel')"
        let due = Formula(
            expression: try CEL.Expression(source, zones: { (name) throws(ZoneError) in try zones.zone(name) }))
        let workflow = Workflow(
            name: "w", version: "1", digest: "d", initial: "Waiting",
            states: [
                State(
                    name: "Waiting", signals: [SignalRule(name: "note", action: .routes([Route(to: nil)]))],
                    after: [TimerRule(name: "t", due: .at(due), route: Route(to: "Done"))]),
                State(name: "Done", end: .succeeded),
            ])
        let input = Value.map(MapValue([("checkIn", .string("2026-07-02"))]))
        let now = Instant(milliseconds: 1_767_225_600_000)
        func start(_ number: UInt16) throws -> Saga {
            let id = SagaID(milliseconds: 1, counter: number, random: 1)
            return try Saga.start(StartSent(id: id, input: input), in: workflow, at: now).saga
        }
        let saga = try start(1)
        #expect(saga.due?.rfc3339 == "2026-07-01T16:00:00.000Z")
        try put("America/New_York", as: "Hotel")
        #expect(try start(2).due?.rfc3339 == "2026-07-01T22:00:00.000Z")
        let later = try saga.decide(.signalled(SignalSent(name: "note")), in: workflow, at: now + 1_000).saga
        #expect(later.due == saga.due)
        #expect(try later.decide(.woken, in: workflow, at: try #require(saga.due)).saga.end == .succeeded)
    }

    private static func workflow(_ zone: String) -> String {
        """
        workflow: w
        version: "1"
        initial: Waiting
        states:
          Waiting: { after: { "${ local('2026-07-01T18:00', \(zone)) }": Done } }
          Done: { end: succeeded }
        """
    }

    @Test func `a zone that the machine does not know is refused when a file is loaded, and not when it is pinned`() {
        #expect(Self.workflow("'Europe/Berlin'").diagnostics == [])
        #expect(Self.workflow("'+02:00'").diagnostics == [])
        #expect(
            Self.workflow("'Europe/Berln'").diagnostics == [
                "a.yaml:5:27: error: unknown time zone 'Europe/Berln'; an offset such as '+02:00' always works [YG0423]"
            ])
        #expect(WorkflowFile.parse(pinned: Self.workflow("'Europe/Berln'"), path: "a.yaml").diagnostics == [])
    }
}
