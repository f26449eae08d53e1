import Participants
import SagaCore
import SagaEngine
import Testing

@testable import YogiyogidProgram

/// The keys of a participant that say how its answers are read.
struct ParticipantConfigurationTests {
    private func read(_ text: String) throws -> DaemonConfiguration {
        var configuration = DaemonConfiguration.defaults([:])
        try ConfigurationFile.apply(text, path: "y.yaml", to: &configuration)
        return configuration
    }

    private func faults(_ text: String) -> [String] {
        var configuration = DaemonConfiguration.defaults([:])
        do throws(StartFailure) {
            try ConfigurationFile.apply(text, path: "y.yaml", to: &configuration)
            return []
        } catch {
            return error.lines
        }
    }

    private static let hotel = """
        participants:
          hotel:
            url: unix:/run/hotel.sock
            keys: 24h
            refusals: [sold-out, 404, "409"]
            answers:
              - when: "status == 200 && has(body.ok) && !body.ok"
                means: refused
                code: "${ body.error }"
              - { operation: release, when: status == 404, means: succeeded, result: { released: false, by: "the ${ text }" } }

        """

    @Test func `answers, refusals and keys are read`() throws {
        let hotel = try #require(try read(Self.hotel).participants.first)
        #expect(hotel.keys == 86_400_000)
        #expect(hotel.refusals == ["sold-out", "404", "409"])
        #expect(hotel.answers.map(\.operation) == [nil, "release"])
        #expect(hotel.answers.map(\.rule.means) == [.refused, .succeeded])
        #expect(hotel.answers.first?.rule.when.place == Place(line: 7, column: 16))
        #expect(hotel.with(nil) == hotel)
    }

    @Test func `who checks the configuration is told every rule that is in force`() throws {
        let configuration = try read(Self.hotel)
        #expect(
            ParticipantSummary.lines(configuration.participants, []) == [
                "participant 'hotel': keys are remembered for 24h",
                "participant 'hotel': refusals are 404, 409, sold-out",
                "participant 'hotel': answer 1: when status == 200 && has(body.ok) && !body.ok means refused, "
                    + "with code ${ body.error } (7:16)",
                "participant 'hotel': answer 2 of 'release': when status == 404 means succeeded, "
                    + "with result { released: false, by: the ${ text } } (10:37)",
            ])
        var step = Step(call: Operation("hotel.book")!, compensation: .none(because: "-"))
        step.answers = try #require(configuration.participants.first).answers.prefix(1).map(\.rule)
        let workflow = Workflow(
            name: "book", version: "2", digest: "", initial: "Booking", states: [State(name: "Booking", step: step)])
        #expect(
            ParticipantSummary.lines([], [LoadedWorkflow(workflow: workflow, source: "")]) == [
                "workflow 'book' 2, state 'Booking', hotel.book: answer 1: when status == 200 && has(body.ok) && !body.ok "
                    + "means refused, with code ${ body.error } (7:16)"
            ])
    }

    @Test func `what is wrong with them is named with its place, all of it at once`() {
        let text = """
            participants:
              hotel:
                url: unix:/run/hotel.sock
                keys: 24
                refusals: [sold-out, [], sold-out, true]
                answers:
                  - { when: stauts == 200, means: refused }
                  - { when: "size(text)", means: retry }
                  - { when: "input.a", means: no }
                  - { operation: hotel.book, when: status == 200, means: retry, code: x, meens: retry }
              bank: { url: "unix:/run/bank.sock", refusals: {}, answers: {} }
              post: { url: "unix:/run/post.sock", anwers: [], answers: [{ when: "text.matchs('a')", means: retry }] }

            """
        #expect(
            faults(text) == [
                "y.yaml:4:11: error: 'keys' must be a duration such as 30s, 500ms or 1h30m",
                "y.yaml:5:26: error: a code of 'refusals' must be a text or a whole number, is a list",
                "y.yaml:5:30: error: 'refusals' has 'sold-out' twice",
                "y.yaml:5:40: error: a code of 'refusals' must be a text or a whole number, is a boolean",
                "y.yaml:7:17: error: unknown name 'stauts'; did you mean 'status'?",
                "y.yaml:8:18: error: 'when' must be a boolean, is an int",
                "y.yaml:9:18: error: 'input' is not known in 'answers', but once the saga has started",
                "y.yaml:9:35: error: 'means' must be one of 'succeeded', 'refused', 'retry', 'pending', 'unknown', is 'no'",
                "y.yaml:10:22: error: 'operation' is what stands behind the point of a call, as 'charge', is 'hotel.book'",
                "y.yaml:10:69: error: 'code' goes with 'means: refused'",
                "y.yaml:10:78: error: unknown key 'meens' in a rule of 'answers'; did you mean 'means'?",
                "y.yaml:11:49: error: 'refusals' must be a list of codes, as [sold-out, card-declined], is a map",
                "y.yaml:11:62: error: 'answers' must be a list of '{ when, means }', is a map",
                "y.yaml:12:39: error: unknown key 'anwers' in 'post'; did you mean 'answers'?",
                "y.yaml:12:75: error: unknown function 'matchs'",
            ])
    }

    @Test func `there are bounds to all of it`() {
        let rules = String(repeating: "{ when: 'true', means: retry }, ", count: 33)
        let codes = (0...1_000).map { "c\($0)" }.joined(separator: ", ")
        let text = """
            participants:
              a: { url: "unix:/run/a.sock", answers: [\(rules)] }
              b: { url: "unix:/run/b.sock", refusals: [\(codes)] }
              c: { url: "unix:/run/c.sock", refusals: [\(String(repeating: "x", count: 129))] }

            """
        #expect(
            faults(text) == [
                "y.yaml:2:42: error: 'answers' has 33 rules; the most is 32",
                "y.yaml:3:3: error: participant 'b' has 1001 refusals; the most is 1000",
                "y.yaml:4:3: error: participant 'c' has the refusal '\(String(repeating: "x", count: 61))…' of 129 bytes; "
                    + "a code has 1 to 128",
            ])
    }

    @Test func `a reload says that a participant has changed`() throws {
        let before = try read(Self.hotel)
        let after = try read(Self.hotel.replacing("24h", with: "12h"))
        #expect(before.changes(to: after) == ["participant 'hotel' has changed"])
        #expect(before.taking(over: after).participants.first?.keys == 43_200_000)
    }
}
