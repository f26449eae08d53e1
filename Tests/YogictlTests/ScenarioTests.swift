import Foundation
import Testing

@Suite struct ScenarioTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private static let order = """
        workflow: order
        version: "1"
        initial: Charging
        states:
          Charging:
            call: payment.charge
            set: { paymentId: "${ result.paymentId }" }
            compensate: { call: payment.refund }
            then: Open
            refused: Cancelled
            after: { 10m: Cancelled }
          Open: { signals: { confirm: Done } }
          Done: { end: succeeded }
          Cancelled: { end: cancelled }
        """

    private func test(_ scenarios: String, _ arguments: String...) async throws -> Program.Run {
        let folder = try Folder()
        _ = try folder.write("order.yaml", Self.order)
        let file = try folder.write("order.test.yaml", scenarios)
        var run = try await Program.run(["test", file] + arguments)
        run.error = run.error.replacing(folder.root, with: "DIR")
        return run
    }

    @Test func `a line for each scenario, and below one that fails what differs`() async throws {
        let run = try await test(
            """
            answers: { payment.charge: { succeeded: { paymentId: p-1 } } }
            scenarios:
              - name: the hotel confirms
                acts: [{ when: Open, after: 1h, signal: confirm, answer: handled }]
                expect: { state: Done, status: succeeded, vars: { paymentId: p-1 } }
              - name: the card is good
                answers: { payment.charge: [unknown, { refused: { code: card-declined, message: no money } }] }
                acts: [{ when: Open, cancel: true }]
                expect:
                  state: Done
                  status: succeeded
                  states: [Charging, Open, Done]
                  calls: [payment.charge, payment.refund]
                  vars: { paymentId: p-1 }
                  effects: [payment.charge]
            """)
        #expect(
            run.output == """
                ok    the hotel confirms
                FAIL  the card is good
                      state
                        expected  Done
                        actual    Cancelled
                      status
                        expected  succeeded
                        actual    cancelled
                      states
                        expected  Charging, Open, Done
                        actual    Charging, Cancelled
                      calls
                        expected  payment.charge, payment.refund
                        actual    payment.charge
                      effects
                        expected  payment.charge
                        actual    none
                      vars.paymentId
                        expected  "p-1"
                        actual    not there
                      act
                        expected  cancel when Open
                        actual    its moment never came
                2 scenarios, 1 failed

                """)
        #expect(run.error == "")
        #expect(run.status == 1)
    }

    @Test func `with crashes it says after which one a scenario ends otherwise`() async throws {
        let run = try await test(
            """
            scenarios:
              - name: nobody answers
                answers: { payment.charge: [{ unreached: true, until: 30m }, { refused: closed }] }
                until: 20m
                expect: { state: Cancelled, status: cancelled }
            """, "--crash")
        #expect(
            run.output.hasPrefix(
                """
                FAIL  nobody answers (157 crashes)
                      after a crash after the commit of 'start' (commit 1) it ends otherwise
                        end
                          expected  Cancelled (cancelled)
                          actual    Charging (running)
                        states
                          expected  Charging, Cancelled
                          actual    Charging

                """), "\(run.output)")
        #expect(run.output.hasSuffix("more crashes; --output json has all\n1 scenario, 1 failed, 157 crashes\n"))
        #expect(run.status == 1)
    }

    @Test func `a scenario without an end says so, with crashes too, and ends`() async throws {
        let run = try await test(
            """
            scenarios:
              - name: the hotel asks again and again
                answers: { payment.charge: { succeeded: { paymentId: p-1 } }, payment.refund: unknown }
                acts: [{ when: Open, cancel: true }]
                expect: { state: Cancelled }
            """, "--crash")
        #expect(
            run.output.hasPrefix(
                """
                FAIL  the hotel asks again and again (no crash was tried: it has no end)
                      play
                        expected  an end
                        actual    it goes on without end: 5000 inputs in \

                """.trimmingCharacters(in: .newlines)), "\(run.output)")
        #expect(run.output.hasSuffix("1 scenario, 1 failed, 0 crashes\n"))
        #expect(run.status == 1)
    }

    @Test func `in JSON each scenario has what happened`() async throws {
        let run = try await test(
            """
            scenarios:
              - name: declined
                answers: { payment.charge: { refused: card-declined } }
                expect: { state: Done }
            """, "--output", "json")
        #expect(
            run.output == """
                {"ok":false,"scenarios":[{"name":"declined","ok":false,"state":"Cancelled","status":"cancelled","reason":null,\
                "states":["Charging","Cancelled"],"calls":["payment.charge"],"effects":[],"vars":{},"elapsedMilliseconds":0,\
                "commits":2,"crashes":0,"crashesLeftOut":0,"differences":[{"what":"state","expected":"Done","actual":"Cancelled"}],\
                "contradictions":[]}]}

                """)
        #expect(run.status == 1)
    }

    @Test func `all faults of a file are told with their places`() async throws {
        let run = try await test(
            """
            answres: {}
            answers: { payment.charge: [sucessful, { refused: {} }, { unknown: true, lost: {} }], payment.chrage: unknown }
            scenarios:
              - name: one
                acts:
                  - { when: Opne, signal: confirm }
                  - { at: soon, cancel: true }
                  - { at: 5m, signal: confirm, cancel: true }
                  - { at: 5m, cancel: true, answer: yes }
                  - { during: payment.charge, cancel: true, data: 7 }
                expect: { state: Open, staus: waiting, calls: payment.charge }
              - name: one
                until: never
            """)
        #expect(
            run.error == """
                DIR/order.test.yaml:1:1: error: unknown key 'answres' in the file; did you mean 'answers'?
                DIR/order.test.yaml:2:29: error: no such answer: 'sucessful'; known: succeeded, unknown, unreached, lost, busy, forgot
                DIR/order.test.yaml:2:51: error: 'refused' has no 'code'
                DIR/order.test.yaml:2:57: error: an answer is one of succeeded, refused, unknown, unreached, lost, late, stranger, busy, pending, forgot
                DIR/order.test.yaml:2:87: error: no such operation: 'payment.chrage'; did you mean 'payment.charge'?
                DIR/order.test.yaml:6:17: error: no such state or status: 'Opne'; did you mean 'Open'?
                DIR/order.test.yaml:7:15: error: 'at' must be a duration as 610ms, 1.5s, 10m or 72h, is 'soon'
                DIR/order.test.yaml:8:9: error: an act has one of 'at', 'when', 'during', and one of 'signal', 'cancel'
                DIR/order.test.yaml:9:41: error: no such answer to an act: 'yes'; known: accepted, already, deferred, handled, refused, too-late
                DIR/order.test.yaml:10:43: error: 'data' is for signals
                DIR/order.test.yaml:11:28: error: unknown key 'staus' in 'expect'; did you mean 'status'?
                DIR/order.test.yaml:11:51: error: a list of operations must be a list, is a text
                DIR/order.test.yaml:12:5: error: the scenario has no 'expect'
                DIR/order.test.yaml:12:5: error: a second scenario is named 'one'
                DIR/order.test.yaml:13:12: error: 'until' must be a duration as 610ms, 1.5s, 10m or 72h, is 'never'
                yogictl: no scenario of 'DIR/order.test.yaml' was played. Correct the file

                """)
        #expect(run.output == "")
        #expect(run.status == 1)
    }

    @Test(arguments: [
        ("", "DIR/order.test.yaml:1:1: error: the file is empty; "),
        ("scenarios: []", "DIR/order.test.yaml:1:12: error: 'scenarios' is empty; nothing would be tested\n"),
        ("workflow: other.yaml\nscenarios: []", "DIR/other.yaml:1:1: error: cannot be read"),
        ("scenarios: [", "DIR/order.test.yaml:1:13: error: "),
        (
            "start: now\nscenarios: [{ name: a, expect: { state: Done } }]",
            "DIR/order.test.yaml:1:8: error: 'start' must be a time"
        ),
    ])
    func `a file that tests nothing is refused`(text: String, message: String) async throws {
        let run = try await test(text)
        #expect(run.error.hasPrefix(message), "\(run.error)")
        #expect(run.status == 1)
    }

    @Test func `a file that is not there, or not named as a test, is told so`() async throws {
        let missing = try await Program.run("test", "/no/such.test.yaml")
        #expect(missing.status == 2)
        #expect(missing.error.hasPrefix("yogictl: cannot read '/no/such.test.yaml' for test ("))
        let folder = try Folder()
        let file = try folder.write("order.yaml", "scenarios: []")
        let run = try await Program.run("test", file)
        #expect(run.status == 2)
        #expect(
            run.error
                == "yogictl: '\(file)' is not named NAME.test.yaml. Name it so, or say with 'workflow:' what it tests\n"
        )
    }

    @Test(arguments: ["approval", "order", "trip"])
    func `all ways through the other shipped workflows end as they must, also with a crash anywhere`(
        _ name: String
    ) async throws {
        let folder = Self.root.appendingPathComponent("workflows").path
        let run = try await Program.run("test", "\(folder)/\(name).test.yaml", "--crash")
        #expect(run.output.contains(" 0 failed, "), "\(run.output)")
        #expect(!run.output.contains("FAIL"))
        #expect(run.error == "")
        #expect(run.status == 0)
        let plan = try await Program.run("plan", "\(folder)/\(name).yaml")
        #expect(plan.error == "", "\(plan.output)")
        #expect(plan.status == 0)
    }

    @Test func `a workflow in the place of its scenarios is told what to play`() async throws {
        let folder = try Folder()
        let file = try folder.write(
            "order.yaml", "workflow: order\nversion: \"1\"\ninitial: A\nstates: { A: { end: succeeded } }")
        let run = try await Program.run("test", file)
        #expect(run.status == 2)
        let test = file.replacing("order.yaml", with: "order.test.yaml")
        #expect(
            run.error
                == "yogictl: '\(file)' is a workflow, and not its scenarios. They stand beside it, in '\(test)', under "
                + "'scenarios:'; for the workflow itself there are 'check' and 'plan'\n")
        _ = try folder.write("order.test.yaml", "scenarios: []")
        let again = try await Program.run("test", file)
        #expect(again.status == 2)
        #expect(again.error == "yogictl: '\(file)' is a workflow, and not its scenarios. Play 'yogictl test \(test)'\n")
    }

    @Test func `all ways through the shipped reservation end as they must, also with a crash anywhere`() async throws {
        let file = Self.root.appendingPathComponent("workflows/reservation.test.yaml").path
        let run = try await Program.run("test", file, "--crash")
        #expect(run.output.hasSuffix("\n51 scenarios, 0 failed, 1911 crashes\n"), "\(run.output)")
        #expect(run.output.contains("ok    a declined card releases the room (11 crashes)\n"))
        #expect(run.error == "")
        #expect(run.status == 0)
    }
}
