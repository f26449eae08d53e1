import Participants
import SagaCore
import SagaEngine
import Testing
import WorkflowFile

@testable import YogiyogidProgram

/// `operations:` of a participant: what is read, what is told of it, and how it fits what workflows send.
struct OperationConfigurationTests {
    private func read(_ text: String) throws -> DaemonConfiguration {
        var configuration = DaemonConfiguration.defaults([:])
        try ConfigurationFile.apply(text, path: "y.yaml", to: &configuration)
        return configuration
    }

    private func faults(_ text: String) -> [String] {
        do throws(StartFailure) {
            var configuration = DaemonConfiguration.defaults([:])
            try ConfigurationFile.apply(text, path: "y.yaml", to: &configuration)
            return []
        } catch {
            return error.lines
        }
    }

    private static let rooms = """
        participants:
          rooms:
            url: unix:/run/rooms.sock
            key-header: X-Request-Id
            operations:
              find: { method: GET, path: "/hotels/{hotel}/rooms", query: { from: "${ request.from }", all: true } }
              book:
                path: /hotels/{hotel}/bookings
                headers: { X-Api-Key: { credential: rooms-key }, X-Key: "b-${ key }" }
                body: { form: { room: "${ request.room }", tags: [a, "${ saga.id }"] } }
              note: { body: "${ {'text': request.text} }" }

        """

    @Test func `operations are read and told, but for what is secret`() throws {
        let configuration = try read(Self.rooms)
        let rooms = try #require(configuration.participants.first)
        #expect(rooms.keyHeader == "X-Request-Id")
        #expect(rooms.operations["find"]?.method == .get)
        #expect(rooms.operations["book"]?.path.members == [["hotel"]])
        #expect(configuration.secrets["rooms"]?.map(\.credential) == ["rooms-key"])
        #expect(
            ParticipantSummary.lines(configuration.participants, []) == [
                "participant 'rooms': keys are sent as X-Request-Id",
                "participant 'rooms': 'book' is POST /hotels/{hotel}/bookings, headers X-Api-Key (credential rooms-key) X-Key, "
                    + "body form",
                "participant 'rooms': 'find' is GET /hotels/{hotel}/rooms, query from all, body none",
                "participant 'rooms': 'note' is POST /note, body json",
            ])
        let changed = try read(Self.rooms.replacing("/bookings", with: "/stays"))
        #expect(configuration.changes(to: changed) == ["participant 'rooms' has changed"])
    }

    @Test func `expressions see what they are said to see`() {
        #expect(ConfigurationFile.operationVariables.types.keys.sorted() == OperationMapping.variables.sorted())
    }

    @Test func `what is wrong is named with its place, all of it at once, and no secret is repeated`() {
        let text = """
            participants:
              p:
                url: unix:/run/p.sock
                operations:
                  "a.b": {}
                  b: { method: FETCH, path: a, query: { x: { y: 1 } }, headers: [], body: text, more: 1 }
                  c: { path: "/{}", headers: { Host: a, Authorization: Bearer s3cr3t, X-A: { credential: "s3cr3t value" } } }
                  d: { query: { a: "${ request.a", b: "${ requst.a }", c: "${ result.a }", d: "${ key + 1 }" } }
                  e: { headers: { X-A: "${ saga.version }", X-B: "${ size(compensates, 1) }", X-C: [a] } }
                  f: { method: GET, body: form }
                  g: { body: { form: { "a[b]": 1, c: [{ "": 1 }] } } }
                  h: { headers: { X-A: a, x-a: b } }
                  i: { headers: { X-A: {} , X-B: { prefix: a } } }
                  j: { body: { xml: a } }
              q: { url: "unix:/run/q.sock", token: q, operations: { a: { headers: { authorization: { credential: q } } } } }
              r: { url: "unix:/run/r.sock", key-header: Saga-Id }

            """
        let faults = faults(text)
        #expect(!faults.joined().contains("s3cr3t"))
        #expect(
            faults.map { $0.replacing(/^y.yaml:(\d+):.*$/, with: { String($0.output.1) }) }
                == ["5"] + Array(repeating: "6", count: 6) + Array(repeating: "7", count: 4)
                + Array(repeating: "8", count: 4)
                + Array(repeating: "9", count: 3) + ["10"] + Array(repeating: "11", count: 2) + ["12"]
                + Array(repeating: "13", count: 2) + ["14", "15", "16"])
    }

    private static func workflow(with: String, undo: String = "", input: String = "{ type: object }") -> String {
        """
        workflow: w
        version: "1"
        summary: Books.
        input: \(input)
        initial: Booking
        states:
          Booking:
            call: rooms.book
            with: \(with)
            compensate: { call: rooms.cancel\(undo) }
            then: Done
            refused: Cancelled
          Done: { end: succeeded }
          Cancelled: { end: cancelled }

        """
    }

    private func check(_ workflow: String, cancel: String = "/b", book: String = "") throws -> MappingCheck {
        let configuration = try read(
            """
            participants:
              rooms:
                url: unix:/run/rooms.sock
                operations:
                  book: { path: "/h/{hotel}/{room.id}"\(book) }
                  cancel: { method: DELETE, path: "\(cancel)" }

            """)
        let file = WorkflowFile.parse(text: workflow, path: "w.yaml")
        return MappingCheck(
            try #require(file.workflow, "\(file.diagnostics)"), path: "w.yaml", configuration.participants)
    }

    @Test func `what no saga can send is an error, what some cannot is a warning`() throws {
        let fits = try check(Self.workflow(with: #"{ hotel: "${ input.hotel }", room: { id: 7 } }"#))
        #expect(fits.errors == [])
        #expect(fits.warnings == [])
        let who = "w.yaml:7:3: error: state 'Booking' calls rooms.book, and"
        #expect(
            try check(Self.workflow(with: "{ hotel: [a], room: 7 }")).errors == [
                "\(who) {hotel} of its path '/h/{hotel}/{room.id}' is list, which no path can hold",
                "\(who) {room.id} of its path '/h/{hotel}/{room.id}' is not in the request",
            ])
        #expect(
            try check(Self.workflow(with: #"{ hotl: a, room: { id: 7 } }"#)).errors == [
                "\(who) {hotel} of its path '/h/{hotel}/{room.id}' is not in the request"
            ])
        let input =
            "{ type: object, additionalProperties: false, properties: { hotel: { type: string }, room: { type: object } } }"
        let some = try check(Self.workflow(with: #""${ input }""#, input: input))
        #expect(some.errors == [])
        #expect(
            some.warnings == [
                "w.yaml:7:3: warning: state 'Booking' calls rooms.book, and {hotel} of its path '/h/{hotel}/{room.id}' is not in the "
                    + "request of some sagas"
            ])
    }

    @Test func `an undo without 'with' has the request and the result of its step`() throws {
        let with = "{ hotel: a, room: { id: 7 } }"
        #expect(try check(Self.workflow(with: with), cancel: "/b/{request.hotel}/{result.id}").errors == [])
        #expect(
            try check(Self.workflow(with: with), cancel: "/b/{hotel}").errors == [
                "w.yaml:7:3: error: state 'Booking' calls rooms.cancel, and {hotel} of its path '/b/{hotel}' is not in the request"
            ])
    }

    @Test func `an expression that can only fail on what a workflow sends is an error`() throws {
        let checked = try check(
            Self.workflow(with: "{ hotel: a, room: { id: 7 } }"),
            book: #", query: { a: "${ request.hotl }", b: "${ request.hotel + 1 }" }"#)
        #expect(checked.errors.count == 2)
        #expect(
            checked.errors.first?.contains(
                "'request.hotl' of that operation (5:61 of the configuration) fails: 'request' has no member 'hotl'")
                == true)
        #expect(
            try check(
                Self.workflow(with: "{ hotel: a, room: { id: 7 } }"),
                book: #", query: { a: "${ has(request.no) ? request.no : null }" }"#
            ).errors == [])
    }
}
