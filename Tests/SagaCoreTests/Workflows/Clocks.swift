import SagaCore

extension Workflow {
    /// Timers that compete: equal times, conditions, an absolute time, and a deadline for the whole saga.
    static let clocks = Workflow(
        name: "clocks", version: "1", initial: "Set",
        states: [
            State(
                name: "Set",
                signals: [signal("go", to("Call")), signal("equal", to("Equal")), signal("dawn", to("Dawn"))],
                after: [after("30m", to("Call"))]),
            State(
                name: "Call", step: step("slow.work", undo: undo("slow.unwork")),
                refused: [refused(nil, to("Confirmed"))],
                signals: [signal("set", to("Set"))], after: [after("5s", to("Rest"))]),
            State(name: "Rest", signals: [signal("set", to("Set"))]),
            State(
                name: "Equal",
                after: [
                    TimerRule(name: "first", due: .after(milliseconds: 1_000), route: to("Cancelled", when: "false")),
                    TimerRule(name: "second", due: .after(milliseconds: 1_000), route: to("Rest")),
                    TimerRule(name: "third", due: .after(milliseconds: 1_000), route: to("Call")),
                    TimerRule(name: "earlier", due: .after(milliseconds: 500), route: to("Call", when: "vars.x == 1")),
                ],
                set: set(["x": "${2}"])),
            State(
                name: "Dawn",
                after: [
                    at("timestamp('2026-01-01T00:00:20Z')", to("Rest", set: set(["when": "${now}"]))),
                    at("duration('15s')", to("Call", when: "now < timestamp('2026-01-01T00:00:10Z')")),
                ]),
            confirmed, cancelled,
        ],
        deadline: Deadline(after: .after(milliseconds: 3_600_000), to: "Cancelled"), cancelTarget: "Cancelled")

    /// One state that waits, with other timers in each version: a reminder that comes to nothing, and an end.
    static let patient = patient(
        "1", after: [after("30m", to("Confirmed", when: "false")), after("1h", to("Cancelled"))])
    /// More time, and the same reminder.
    static let patientLonger = patient(
        "2", after: [after("30m", to("Confirmed", when: "false")), after("2h", to("Cancelled"))])
    /// Less time than a saga may have waited already, and a deadline.
    static let patientHasty = patient(
        "3", after: [after("5m", to("Confirmed"))],
        deadline: Deadline(after: .after(milliseconds: 10_800_000), to: "Cancelled"))
    /// A time that cannot be worked out.
    static let patientBroken = patient("4", after: [at("timestamp(vars.due)", to("Confirmed"))])

    private static func patient(_ version: String, after timers: [TimerRule], deadline: Deadline? = nil) -> Workflow {
        Workflow(
            name: "patient", version: version, digest: "patient-\(version)", initial: "Asked",
            states: [
                State(name: "Asked", signals: [signal("done", to("Confirmed"))], after: timers), confirmed, cancelled,
            ],
            deadline: deadline, cancelTarget: "Cancelled")
    }

    /// Two states that lead to each other at once, and two that do so by timers.
    static let loops = Workflow(
        name: "loops", version: "1", initial: "Choose",
        states: [
            State(name: "Choose", signals: [signal("now", to("Ping")), signal("soon", to("Tick"))]),
            State(name: "Ping", then: [to("Pong")]), State(name: "Pong", then: [to("Ping")]),
            State(name: "Tick", after: [after("1s", to("Tock"))]),
            State(name: "Tock", after: [after("1s", to("Tick"))]), confirmed, cancelled,
        ],
        cancelTarget: "Cancelled")

    /// Each expression fails when the input names its place.
    static let faulty = Workflow(
        name: "faulty", version: "1", initial: "First",
        states: [
            State(
                name: "First",
                step: step(
                    "part.do", with: object(["x": fault("with")]),
                    undo: undo("part.undo", with: object(["x": fault("undo")]))),
                then: [to("Wait", when: condition("then"), set: set(["b": fault("route")]))],
                refused: [refused(nil, to("Cancelled", when: condition("refused")))],
                set: set(["a": fault("set")])),
            State(
                name: "Wait",
                signals: [
                    signal("go", to("Next", when: condition("signal"), set: set(["c": fault("signal-set")]))),
                    signal("odd", to("Next", when: "'yes'")),
                ],
                after: [
                    after("1m", to("Next", when: condition("timer"))),
                    at("input.fail == 'due' ? duration('x') : duration('2m')", to("Next")),
                    at("input.fail == 'type' ? dyn(1) : dyn(duration('3m'))", to("Next")),
                ]),
            State(name: "Next", then: [to("Confirmed", when: condition("next"))]), confirmed, cancelled,
        ],
        cancelTarget: "Cancelled")

    /// Timers that go by what their states set.
    static let due = Workflow(
        name: "due", version: "1", initial: "Open",
        states: [
            State(name: "Open", signals: [signal("wait", to("Kept")), signal("ask", to("Asking"))]),
            State(
                name: "Kept", signals: [signal("ask", to("Asking"))],
                after: [at("timestamp(vars.due)", to("Confirmed"))],
                set: set(["due": "${now + duration('5m')}"])),
            State(
                name: "Asking", step: step("part.do", undo: undo("part.undo")),
                refused: [refused(nil, to("Cancelled"))],
                after: [at("has(vars.due) ? timestamp(vars.due) : now + duration('1h')", to("Confirmed"))],
                set: set(["due": "${now + duration('9m')}"])),
            confirmed, cancelled,
        ],
        cancelTarget: "Cancelled")

    private static func fault(_ place: String) -> String { "${input.fail == '\(place)' ? 1 / 0 : 1}" }
    private static func condition(_ place: String) -> String { "input.fail != '\(place)' || 1 / 0 == 1" }

    static let fixtures: [Workflow] = [
        reservation, trip, gate, stages, oneWay, clocks, loops, faulty, fenced, fencedRenamed, fencedLonger, asking,
        order, promised, calledBack, payouts, due, clerk, jammed, patient, patientLonger, patientHasty, patientBroken,
        board,
    ]
}
