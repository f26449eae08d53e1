import SagaCore

extension Workflow {
    /// Three steps with three ways to be undone: a request of its own, the recorded one, and a policy that gives up.
    static let trip = Workflow(
        name: "trip", version: "1", initial: "Flight",
        states: [
            State(
                name: "Flight",
                step: step(
                    "flight.book", with: object(["from": "${input.from}"]),
                    undo: undo(
                        "flight.cancel", with: object(["ref": "${result.ref}", "was": "${vars.flight}"]), attempts: 2)),
                then: [to("Hotel")], refused: [refused(nil, to("Cancelled"))],
                set: set(["flight": "${result.ref}"])),
            State(
                name: "Hotel",
                step: step("hotel.book", with: object(["nights": "${input.nights}"]), undo: undo("hotel.cancel")),
                then: [to("Car")], refused: [refused(nil, to("Cancelled"))]),
            State(
                name: "Car", step: step("car.rent", undo: undo("car.return"), attempts: 2),
                then: [to("Confirmed", when: "result.size == 'big'"), to("Small")],
                refused: [
                    refused("no-car", to("Confirmed", when: "error.message == 'walk'", set: set(["walks": "${true}"]))),
                    refused("no-car", to("Cancelled")), refused("unreachable", to("Cancelled")),
                ]),
            State(name: "Small", signals: [signal("fine", to("Confirmed"))]), confirmed, cancelled,
        ],
        cancelTarget: "Cancelled")

    /// Signals that are handled by conditions, deferred and refused.
    static let gate = Workflow(
        name: "gate", version: "1", initial: "Closed",
        states: [
            State(
                name: "Closed", step: step("gate.look", undo: undo("gate.forget")),
                refused: [refused(nil, to("Cancelled"))],
                signals: [
                    signal(
                        "open", to("Open", when: "signal.data.code == 7", set: set(["by": "${signal.by}"])),
                        to("Alarm", when: "signal.data.code > 900")),
                    SignalRule(name: "pass", action: .defer), SignalRule(name: "kick", action: .refuse),
                ]),
            State(
                name: "Open",
                signals: [
                    signal(
                        "pass", to("Passed", set: set(["badge": "${signal.data.badge}", "name": "${signal.name}"]))),
                    signal("close", to("Closed")),
                ]),
            State(name: "Alarm", signals: [SignalRule(name: "pass", action: .refuse), signal("calm", to("Open"))]),
            State(name: "Passed", signals: [signal("pass", to("Confirmed"))], after: [after("1h", to("Confirmed"))]),
            confirmed, cancelled,
        ],
        cancelTarget: "Cancelled")

    /// A timer that fails while the call is in flight: the saga is stuck then.
    static let jammed = Workflow(
        name: "jammed", version: "1", initial: "Closed",
        states: [
            State(
                name: "Closed", step: step("gate.look", undo: undo("gate.forget")),
                refused: [refused(nil, to("Cancelled"))],
                after: [after("1s", to("Confirmed", when: "vars.code == 7"))]),
            confirmed, cancelled,
        ],
        cancelTarget: "Cancelled")

    /// What a clerk has decided: kept while the gate is looked at, then asked for its shape and by expressions that not every shape stands.
    static let clerk = Workflow(
        name: "clerk", version: "1", initial: "Closed",
        states: [
            State(
                name: "Closed", step: step("gate.look", undo: undo("gate.forget")), then: [to("Open")],
                refused: [refused(nil, to("Cancelled"))],
                signals: [SignalRule(name: "decided", action: .defer)]),
            State(
                name: "Open",
                signals: [
                    SignalRule(
                        name: "decided",
                        action: .routes([
                            to(
                                "Confirmed", when: "signal.data.code > 3",
                                set: set(["code": "${signal.data.code}", "note": "${signal.data.note + '!'}"]))
                        ]), data: decision)
                ]),
            confirmed, cancelled,
        ],
        cancelTarget: "Cancelled")

    private static let decision = InputSchema.object(
        .init(),
        .init(
            properties: [.init(name: "code", schema: .number(.init(), .init(integer: true, minimum: 1)))],
            required: ["code"]))

    /// Two of three say yes while the board is being asked, and a nudge puts off nothing.
    static let board: Workflow = {
        let yes: Route = stay(
            when: "!(signal.data.who in vars.yes)", set: set(["yes": "${vars.yes + [signal.data.who]}"]))
        let last = to(
            "Asked", when: "size(vars.yes) == 1 && !(signal.data.who in vars.yes)",
            set: set(["yes": "${vars.yes + [signal.data.who]}"]))
        let nudge = signal("nudge", stay(set: set(["nudges": "${has(vars.nudges) ? vars.nudges + 1 : 1}"])))
        return Workflow(
            name: "board", version: "1", initial: "Calling",
            states: [
                State(name: "Calling", then: [to("Voting")], set: set(["yes": "${[]}"])),
                State(
                    name: "Voting",
                    step: step(
                        "board.call", undo: undo("board.dismiss", with: object(["yes": "${vars.yes}"])), attempts: 2),
                    refused: [refused(nil, to("Cancelled"))],
                    signals: [signal("yes", last, yes), nudge, SignalRule(name: "done", action: .defer)],
                    after: [after("1h", to("Cancelled"))]),
                State(
                    name: "Asked",
                    signals: [
                        signal("done", to("Confirmed", when: "has(vars.ready)")),
                        SignalRule(
                            name: "ready", action: .routes([stay(set: set(["ready": "${true}"]))]), data: decision),
                        signal("yes", stay()), nudge,
                    ],
                    after: [after("2h", to("Cancelled"))]),
                confirmed, cancelled,
            ],
            cancelTarget: "Cancelled")
    }()

    /// States that allow, defer and refuse a cancel, in that order of a happy path.
    static let stages = Workflow(
        name: "stages", version: "1", initial: "Free",
        states: [
            State(name: "Free", step: step("work.one", undo: undo("work.unone")), signals: [signal("on", to("Busy"))]),
            State(
                name: "Busy", step: step("work.two", undo: undo("work.untwo")),
                signals: [signal("on", to("Sure")), signal("back", to("Free"))], cancel: .defer),
            State(name: "Sure", signals: [signal("on", to("Confirmed")), signal("back", to("Busy"))], cancel: .refuse),
            confirmed, cancelled,
        ],
        cancelTarget: "Cancelled")

    /// No final state with `cancelled`.
    static let oneWay = Workflow(
        name: "one-way", version: "1", initial: "Wait",
        states: [State(name: "Wait", signals: [signal("on", to("Confirmed"))]), confirmed])
}
