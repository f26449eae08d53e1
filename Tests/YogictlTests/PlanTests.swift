import Testing

@Suite struct PlanTests {
    private static let order = """
        workflow: order
        version: "1"
        initial: Charging
        states:
          Charging:
            call: payment.charge
            compensate: { call: payment.refund }
            then: Mailing
            refused: Cancelled
            after: { 10m: Cancelled }
          Mailing:
            call: mail.send
            compensate: none
            because: a letter cannot be called back
            then: Done
            refused: Cancelled
            after: { 10m: Cancelled }
          Done: { end: succeeded }
          Cancelled: { end: cancelled }
        """

    private static let plan = """
        order 1: 135336576 paths, 337 situations, 16 kinds of end, 0 violations

        END        STATUS                        PATHS     EFFECTS THERE
        Done       succeeded                     34596     Charging: payment.charge
                                                           Mailing: mail.send
        Cancelled  cancelled                     6515370   none
        Cancelled  cancelled                     26051904  Mailing: mail.send, because a letter cannot be called back
        Charging   stuck (compensation-refused)  140064    Charging: payment.charge
        Charging   stuck (compensation-unknown)  90458     Charging: payment.charge
        Charging   stuck (unknown)               344       Charging: payment.charge (unknown)
        Charging   stuck (unrecognised)          1184      Charging: payment.charge (unknown)
        Charging   stuck (unrecognised)          210096    Charging: payment.charge
        Mailing    stuck (compensation-refused)  6374592   Charging: payment.charge
        Mailing    stuck (compensation-refused)  26051904  Charging: payment.charge
                                                           Mailing: mail.send
        Mailing    stuck (compensation-unknown)  4116924   Charging: payment.charge
        Mailing    stuck (compensation-unknown)  16825188  Charging: payment.charge
                                                           Mailing: mail.send
        Mailing    stuck (unknown)               63984     Charging: payment.charge
                                                           Mailing: mail.send (unknown)
        Mailing    stuck (unrecognised)          9561888   Charging: payment.charge
        Mailing    stuck (unrecognised)          220224    Charging: payment.charge
                                                           Mailing: mail.send (unknown)
        Mailing    stuck (unrecognised)          39077856  Charging: payment.charge
                                                           Mailing: mail.send

        ANSWERED BY A STRANGER    WHEN                         CAN END AS
        Charging: payment.charge  before anything is in doubt  Done succeeded
                                                               Cancelled cancelled
                                                               Charging stuck (compensation-refused)
                                                               Charging stuck (compensation-unknown)
                                                               Charging stuck (unknown)
                                                               Charging stuck (unrecognised)
                                                               Mailing stuck (compensation-refused)
                                                               Mailing stuck (compensation-unknown)
                                                               Mailing stuck (unknown)
                                                               Mailing stuck (unrecognised)
        Mailing: mail.send        before anything is in doubt  Done succeeded
                                                               Cancelled cancelled
                                                               Mailing stuck (compensation-refused)
                                                               Mailing stuck (compensation-unknown)
                                                               Mailing stuck (unknown)
                                                               Mailing stuck (unrecognised)
        Charging: payment.refund  before anything is in doubt  Cancelled cancelled
                                                               Charging stuck (compensation-refused)
                                                               Charging stuck (compensation-unknown)
                                                               Charging stuck (unrecognised)
                                                               Mailing stuck (compensation-refused)
                                                               Mailing stuck (compensation-unknown)
                                                               Mailing stuck (unrecognised)
        Charging: payment.charge  after a lost answer          Done succeeded
                                                               Cancelled cancelled
                                                               Charging stuck (compensation-refused)
                                                               Charging stuck (compensation-unknown)
                                                               Charging stuck (unknown)
                                                               Charging stuck (unrecognised)
                                                               Mailing stuck (compensation-refused)
                                                               Mailing stuck (compensation-unknown)
                                                               Mailing stuck (unknown)
                                                               Mailing stuck (unrecognised)
        Mailing: mail.send        after a lost answer          Done succeeded
                                                               Cancelled cancelled
                                                               Mailing stuck (compensation-refused)
                                                               Mailing stuck (compensation-unknown)
                                                               Mailing stuck (unknown)
                                                               Mailing stuck (unrecognised)
        Charging: payment.refund  after a lost answer          Cancelled cancelled
                                                               Charging stuck (compensation-refused)
                                                               Charging stuck (compensation-unknown)
                                                               Charging stuck (unrecognised)
                                                               Mailing stuck (compensation-refused)
                                                               Mailing stuck (compensation-unknown)
                                                               Mailing stuck (unrecognised)

        """

    @Test func `a plan tells every end with the effects that are there`() async throws {
        let folder = try Folder()
        let run = try await Program.run("plan", try folder.write("order.yaml", Self.order))
        #expect(
            run.output == Self.plan)
        #expect(run.error == "")
        #expect(run.status == 0)
    }

    @Test func `check notes the refusals that a workflow does not name, and no others`() async throws {
        let folder = try Folder()
        let file = try folder.write("order.yaml", Self.order)
        let check = try await Program.run("check", file)
        let notes = check.output.split(separator: "\n").filter { $0.contains(": note: ") }
        #expect(notes.count == 2 && notes.allSatisfy { $0.hasSuffix("[YG0313]") }, "\(check.output)")
        #expect(
            check.output.contains("\(file):5:3: note: 'payment.charge' of state 'Charging' may be refused with a code"))
        #expect(check.status == 0)
        let named = try folder.write(
            "named.yaml",
            Self.order.replacing(
                "refused: Cancelled", with: "refused: [{ code: no, to: Cancelled }, { to: Cancelled }]"))
        #expect(try await Program.run("check", named).output == "\(named): ok\n")
    }

    @Test func `check and plan warn of what the types of values show, and go on`() async throws {
        let folder = try Folder()
        let file = try folder.write(
            "order.yaml",
            Self.order.replacing("call: mail.send", with: "call: mail.send\n    with: \"${ vars.letter }\"")
                .replacing(
                    "then: Done",
                    with: "set: { letter: 1 }\n    then: [{ when: vars.letter == 2, to: Mailing }, { to: Done }]"
                )
                .replacing(
                    "then: Mailing",
                    with: "then: [{ when: \"1 < 2\", set: { letter: 1 }, to: Mailing }, { to: Mailing }]"))
        let warning =
            "\(file):13:15: warning: 'vars.letter' is not set on every way that leads here; set it earlier, or test it with "
            + "'has(vars.letter)' [YG0417]"
        let check = try await Program.run("check", file)
        #expect(check.output.split(separator: "\n").filter { $0.contains(": warning: ") } == [warning[...]])
        #expect(check.output.hasSuffix("\n\(file): ok\n"))
        #expect(check.status == 0)
        let plan = try await Program.run("plan", file)
        #expect(plan.output.hasPrefix("order 1: "))
        #expect(plan.error.split(separator: "\n").filter { $0.contains(": warning: ") } == [warning[...]])
        #expect(plan.status == 0)
        let wrong = try folder.write(
            "wrong.yaml",
            Self.small.replacing("signals:", with: "after: { \"${ saga.id }\": Closed }, signals:"))
        let refused = try await Program.run("plan", wrong)
        #expect(refused.error.contains("[YG0414]"), "\(refused.error)")
        #expect(refused.status == 1)
    }

    @Test func `in JSON a plan has the same`() async throws {
        let folder = try Folder()
        let file = try folder.write("small.yaml", Self.small)
        let run = try await Program.run("plan", file, "--output", "json")
        #expect(
            run.output == """
                {"workflow":"small","version":"1","complete":true,"paths":2,"situations":3,"decisions":3,"ends":[{"state":"Closed",\
                "status":"succeeded","reason":null,"paths":1,"effects":[]},{"state":"Cancelled","status":"cancelled","reason":null,\
                "paths":1,"effects":[]}],"strangers":[],"violations":[]}

                """)
        #expect(run.status == 0)
    }

    private static let small = """
        workflow: small
        version: "1"
        initial: Open
        states:
          Open: { signals: { close: Closed } }
          Closed: { end: succeeded }
          Cancelled: { end: cancelled }
        """

    @Test func `at the limit a plan says that it is not complete`() async throws {
        let folder = try Folder()
        let run = try await Program.run("plan", try folder.write("order.yaml", Self.order), "--decisions", "5")
        let lines = run.output.split(separator: "\n").prefix(2)
        #expect(
            lines == [
                "order 1: 1 path, 5 situations, 1 kind of end, 0 violations",
                "not complete: the limit of 5 decisions was hit; --decisions raises it",
            ])
        #expect(run.status == 0)
    }

    @Test func `a file with errors has no plan`() async throws {
        let folder = try Folder()
        let bad = try folder.write("bad.yaml", "workflow: [")
        let run = try await Program.run("plan", bad)
        #expect(run.status == 1)
        #expect(run.output == "")
        #expect(
            run.error.hasSuffix(
                "yogictl: no plan of '\(bad)' (it has errors). Correct them; 'yogictl check' lists them too\n"))
    }

    @Test func `a check looks at every way within a budget, and warns where that was not enough`() async throws {
        let folder = try Folder()
        let names = (1...12).map { "s\($0)" }
        let file = try folder.write(
            "many.yaml",
            """
            workflow: many
            version: "1"
            initial: Busy
            states:
              Busy: { signals: { go: Free, \(names.map { "\($0): defer" }.joined(separator: ", ")) } }
              Free: { signals: { \(names.map { "\($0): Done" }.joined(separator: ", ")) } }
              Done: { end: succeeded }
              Cancelled: { end: cancelled }
            """)
        for path in [file, folder.root] {
            let run = try await Program.run("check", path)
            let lines = run.output.split(separator: "\n")
            #expect(lines.count == 2)
            #expect(
                lines.first?.hasPrefix(
                    "\(file):1:1: warning: 'many' has too many ways to look at all of them (30000 decisions showed ")
                    == true,
                "\(run.output)")
            #expect(lines.first?.hasSuffix(" situations); 'yogictl plan' goes on [YG0311]") == true)
            #expect(lines.last == "\(file): ok")
            #expect(run.status == 0)
        }
    }
}
