import CEL
import Rehearsal
import SagaCore

/// The outcome of scenarios for people and for programs.
enum VerdictText {
    /// `ok  a declined card releases the room`, or `FAIL` with what differs.
    static func lines(of verdict: Verdict, coloured: Bool) -> String {
        let mark =
            verdict.isGood
            ? Paint.green.applied(to: "ok", if: coloured) + "  " : Paint.red.applied(to: "FAIL", if: coloured)
        var text = "\(mark)  \(verdict.name.printable)"
        text += crashes(of: verdict)
        text += "\n" + differences(verdict.differences, indent: "      ")
        for contradiction in verdict.contradictions.prefix(shownMax) {
            text += "      after a crash \(place(of: contradiction)) it ends otherwise\n"
            text += differences(contradiction.differences, indent: "        ")
        }
        let more = verdict.contradictions.count - shownMax
        if more > 0 { text += "      and after \(more) more crashes; --output json has all\n" }
        return text
    }

    /// ` (12 crashes)`, and how many were left out and why.
    private static func crashes(of verdict: Verdict) -> String {
        if verdict.crashesLeftOut == 0 { return verdict.crashes > 0 ? " (\(verdict.crashes) crashes)" : "" }
        if verdict.crashes == 0 { return " (no crash was tried: it has no end)" }
        let all = verdict.crashes + verdict.crashesLeftOut
        return " (\(verdict.crashes) of \(all) crashes: it is too long for all)"
    }

    /// Crashes shown of one scenario: more of the same say nothing new.
    private static let shownMax = 5

    private static func place(of contradiction: Verdict.Contradiction) -> String {
        "\(contradiction.crash.point.rawValue) '\(contradiction.commit.printable)' (commit \(contradiction.crash.commit))"
    }

    private static func differences(_ differences: [Verdict.Difference], indent: String) -> String {
        differences.map { difference in
            """
            \(indent)\(difference.what.printable)
            \(indent)  expected  \(difference.expected.printable)
            \(indent)  actual    \(difference.actual.printable)

            """
        }.joined()
    }

    /// The last line.
    static func count(of verdicts: [Verdict], crash: Bool) -> String {
        let bad = verdicts.count { !$0.isGood }
        let crashes = verdicts.reduce(0) { $0 + $1.crashes }
        let tried = crash ? ", \(crashes) crashes" : ""
        return "\(verdicts.count) scenario\(verdicts.count == 1 ? "" : "s"), \(bad) failed\(tried)"
    }

    /// The same as one JSON object.
    static func json(of verdicts: [Verdict]) -> Value {
        .map(
            MapValue([
                ("ok", .bool(verdicts.allSatisfy(\.isGood))), ("scenarios", .list(verdicts.map(json))),
            ]))
    }

    private static func json(of verdict: Verdict) -> Value {
        let played = verdict.performance
        return .map(
            MapValue([
                ("name", .string(verdict.name)), ("ok", .bool(verdict.isGood)), ("state", .string(played.state)),
                ("status", .string(played.status.name)),
                ("reason", played.stuck.map { .string($0.code.rawValue) } ?? .null),
                ("states", .list(played.states.map(Value.string))), ("calls", .list(played.calls.map(Value.string))),
                ("effects", .list(played.effects.map(Value.string))), ("vars", .map(played.vars)),
                ("elapsedMilliseconds", .int(played.elapsed)), ("commits", .int(Int64(played.commits.count))),
                ("crashes", .int(Int64(verdict.crashes))),
                ("crashesLeftOut", .int(Int64(verdict.crashesLeftOut))),
                ("differences", .list(verdict.differences.map(json))),
                ("contradictions", .list(verdict.contradictions.map(json))),
            ]))
    }

    private static func json(of difference: Verdict.Difference) -> Value {
        .map(
            MapValue([
                ("what", .string(difference.what)), ("expected", .string(difference.expected)),
                ("actual", .string(difference.actual)),
            ]))
    }

    private static func json(of contradiction: Verdict.Contradiction) -> Value {
        .map(
            MapValue([
                ("crash", .string(place(of: contradiction))), ("commit", .int(Int64(contradiction.crash.commit))),
                ("differences", .list(contradiction.differences.map(json))),
            ]))
    }
}
