import ControlAPI
import Foundation
import TestPrograms
import Testing

/// A definition that is wrong is refused with place and code, by the daemon as by `yogictl check`.
@Suite(.timeLimit(.minutes(30))) struct BadWorkflowTests {
    private static let good = """
        workflow: order
        version: "1"
        input:
          type: object
          additionalProperties: false
          required: [name, card]
          properties:
            name: { type: string }
            card: { type: string, secret: true }
        initial: Paying
        states:
          Paying:
            call: payment.charge
            with: { name: "${ input.name }" }
            compensate: { call: payment.refund }
            then: Reserved
            refused: [{ code: card-declined, to: Cancelled }, { to: Cancelled }]
          Reserved:
            signals: { confirm: Confirmed }
            after: { 72h: Cancelled }
          Confirmed: { end: succeeded }
          Cancelled: { end: cancelled }
        """

    /// A fault: what is replaced by what, and all that is said of it, without the path.
    struct Fault: Sendable, CustomTestStringConvertible {
        var name: String
        var was: String
        var becomes: String
        var lines: [String]

        var testDescription: String { name }
    }

    static let faults = [
        Fault(
            name: "malformed YAML", was: "initial: Paying", becomes: "initial: [Paying",
            lines: [
                "11:7: error: the '[' of line 10 is not closed with ']' before this, or a ',' is missing; the line above "
                    + "is 'initial: [Paying' [YG0001]"
            ]),
        Fault(
            name: "a tab", was: "    then: Reserved", becomes: "\tthen: Reserved",
            lines: ["16:1: error: a tab in the indentation; YAML is indented by spaces [YG0003]"]),
        Fault(
            name: "an unknown key", was: "    then: Reserved", becomes: "    then: Reserved\n    retrys: 3",
            lines: ["17:5: error: unknown key 'retrys' in state 'Paying'; did you mean 'retry'? [YG0101]"]),
        Fault(
            name: "a duplicate key", was: "    then: Reserved", becomes: "    then: Reserved\n    then: Cancelled",
            lines: ["17:5: error: duplicate key 'then'; the first is on line 16 [YG0002]"]),
        Fault(
            name: "an expression that is none", was: "${ input.name }", becomes: "${ input.name + }",
            lines: ["14:35: error: the expression ends where a value is expected [YG0401]"]),
        Fault(
            name: "a name that is not there", was: "${ input.name }", becomes: "${ input.nmae }",
            lines: ["14:23: error: 'input' has no field 'nmae'; did you mean 'name'? [YG0404]"]),
        Fault(
            name: "an unknown target", was: "then: Reserved", becomes: "then: Resreved",
            lines: ["16:11: error: no such state 'Resreved'; did you mean 'Reserved'? [YG0201]"]),
        Fault(
            name: "an unreachable state", was: "  Confirmed: {", becomes: "  Lost: { then: Confirmed }\n  Confirmed: {",
            lines: ["21:3: error: nothing leads to state 'Lost' [YG0202]"]),
        Fault(
            name: "a step without compensation", was: "    compensate: { call: payment.refund }\n", becomes: "",
            lines: [
                "13:5: error: state 'Paying' calls 'payment.charge' and does not say how that is undone; write "
                    + "'compensate: { call: … }', or 'compensate: none' and 'because:' [YG0301]"
            ]),
        Fault(
            name: "a compensation of none without a reason", was: "compensate: { call: payment.refund }",
            becomes: "compensate: none",
            lines: [
                "15:17: error: 'compensate: none' in state 'Paying' needs a 'because:' that says why nothing is undone "
                    + "[YG0301]"
            ]),
        Fault(
            name: "a secret that would be shown", was: "initial: Paying",
            becomes: "attributes: { card: \"${ input.card }\" }\ninitial: Paying",
            lines: [
                "10:25: error: secret 'input.card' would be shown in attribute 'card'; a secret goes to participants alone "
                    + "[YG0501]"
            ]),
        Fault(
            name: "two faults at once", was: "then: Reserved\n    refused: [{ code: card-declined, to: Cancelled }",
            becomes: "then: Resreved\n    refused: [{ code: card-declined, to: Canceled }",
            lines: [
                "16:11: error: no such state 'Resreved'; did you mean 'Reserved'? [YG0201]",
                "17:42: error: no such state 'Canceled'; did you mean 'Cancelled'? [YG0201]",
            ]),
    ]

    @Test(arguments: faults)
    func `a workflow with a fault keeps the daemon from starting`(fault: Fault) async throws {
        let folder = try TemporaryFolder()
        try #require(Self.good.contains(fault.was))
        let path = try Self.write(Self.good.replacing(fault.was, with: fault.becomes), folder)
        let check = try await Programs.run("yogictl", ["check", path])
        #expect(check.status == 1)
        #expect(check.errors == "")
        #expect(check.output == fault.lines.map { "\(path):\($0)\n" }.joined())
        let daemon = try await Hotel.refusal(Self.arguments(folder))
        #expect(daemon == Run(status: 78, errors: fault.lines.map { "yogiyogid: \(path):\($0)\n" }.joined()))
        // It has touched nothing yet.
        #expect(!FileManager.default.fileExists(atPath: folder.file("state")))
        #expect(!FileManager.default.fileExists(atPath: folder.file("y.sock")))
    }

    @Test func `the workflow without a fault is good`() async throws {
        let folder = try TemporaryFolder()
        let path = try Self.write(Self.good, folder)
        let check = try await Programs.run("yogictl", ["check", path])
        #expect(check.status == 0)
        #expect(check.output == "\(path): ok\n")
    }

    @Test func `a participant that nobody configured is named with those that are`() async throws {
        let folder = try TemporaryFolder()
        let path = try Self.write(Self.good.replacing("payment.charge", with: "paymnet.charge"), folder)
        let daemon = try await Hotel.refusal(Self.arguments(folder))
        #expect(
            daemon
                == Run(
                    status: 78,
                    errors:
                        "yogiyogid: state 'Paying' calls unknown participant 'paymnet' (\(path):12:3); known: payment\n"
                ))
    }

    @Test func `a folder that is not there is named`() async throws {
        let folder = try TemporaryFolder()
        let daemon = try await Hotel.refusal(Self.arguments(folder))
        #expect(
            daemon
                == Run(
                    status: 78,
                    errors:
                        "yogiyogid: \(folder.file("workflows")):1:1: error: cannot be read: No such file or directory "
                        + "[YG0013]\n"))
    }

    @Test func `what runs is unharmed by a bad file that the next daemon refuses, and goes on with the good one`()
        async throws
    {
        let hotel = try await Hotel()
        let id = try await hotel.reserve()
        #expect(await hotel.daemon.terminate() == 0)
        let workflow = try String(contentsOfFile: Programs.root() + "/workflows/reservation.yaml", encoding: .utf8)
        let broken = hotel.folder.file("broken")
        try FileManager.default.createDirectory(atPath: broken, withIntermediateDirectories: false)
        // The same version with other content: the store knows it.
        for (text, error) in [
            (
                workflow.replacing("initial: Ordered", with: "initial: Orderd"),
                "no such state 'Orderd'; did you mean 'Ordered'?"
            ),
            (
                workflow.replacing("10m: Cancelled", with: "11m: Cancelled"),
                "workflow 'reservation' version \"1\" has other content than the store holds for running sagas; give the "
                    + "changed file a new version"
            ),
        ] {
            try text.write(toFile: broken + "/reservation.yaml", atomically: true, encoding: .utf8)
            let daemon = try await hotel.refusal(
                "--config", hotel.folder.file("yogiyogid.yaml"), "--state-dir", hotel.folder.file("state"), "--socket",
                hotel.socket, "--workflows", broken)
            #expect(daemon.status == 78)
            #expect(daemon.errors.contains(error), "\(daemon.errors)")
        }
        try await hotel.daemon.start()
        let saga = try await hotel.confirm(id)
        #expect(saga.status == "succeeded")
    }

    private static func write(_ text: String, _ folder: TemporaryFolder) throws -> String {
        let workflows = folder.file("workflows")
        try FileManager.default.createDirectory(atPath: workflows, withIntermediateDirectories: false)
        try text.write(toFile: workflows + "/order.yaml", atomically: true, encoding: .utf8)
        return workflows + "/order.yaml"
    }

    private static func arguments(_ folder: TemporaryFolder) -> [String] {
        [
            "--participant", "payment=unix:\(folder.file("p.sock"))", "--state-dir", folder.file("state"), "--socket",
            folder.file("y.sock"), "--workflows", folder.file("workflows"),
        ]
    }
}
