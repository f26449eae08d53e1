import SagaCore

extension Workflow {
    /// The reservation of `workflow-language.md`, without jitter so that transcripts read well.
    static let reservation = Workflow(
        name: "reservation", version: "1", digest: "d1", input: reservationInput,
        key: template("${saga.id}"),
        attributes: [
            Attribute(name: "guest", value: template("${input.name}")),
            Attribute(name: "room", value: template("${input.room}")),
        ],
        initial: "Ordered", states: [ordered, paying, reserved, confirmed, cancelled],
        views: [
            View(
                name: "mypage", key: template("${input.name}"),
                row: object(["orderId": "${saga.id}", "room": "${input.room}", "status": "${saga.state}"]))
        ],
        cancelTarget: "Cancelled")

    private static let reservationInput = InputSchema.object(
        InputSchema.Facts(),
        InputSchema.ObjectRule(
            properties: [
                .init(name: "name", schema: .string(InputSchema.Facts(), InputSchema.StringRule(minLength: 1))),
                .init(name: "cardNo", schema: .string(InputSchema.Facts(secret: true), InputSchema.StringRule())),
                .init(name: "room", schema: .string(InputSchema.Facts(), InputSchema.StringRule())),
                .init(
                    name: "amount",
                    schema: .number(InputSchema.Facts(), InputSchema.NumberRule(integer: true, minimum: 0))),
            ],
            required: ["name", "cardNo", "room", "amount"], additionalProperties: false))

    private static let ordered = State(
        name: "Ordered",
        step: step(
            "reservation.hold", with: object(["room": "${input.room}"]), undo: undo("reservation.release")),
        then: [to("Paying")], refused: [refused(nil, to("Cancelled"))])

    private static let paying = State(
        name: "Paying",
        step: step(
            "payment.charge",
            with: object(["orderId": "${saga.id}", "cardNo": "${input.cardNo}", "amount": "${input.amount}"]),
            undo: undo("payment.refund"), timeout: 610),
        then: [to("Reserved")],
        refused: [refused("card-declined", to("Cancelled")), refused(nil, to("Cancelled"))],
        after: [after("10m", to("Cancelled"))],
        set: set(["paymentId": "${result.paymentId}"]))

    private static let reserved = State(
        name: "Reserved", step: step("reservation.accept"), refused: [refused(nil, to("Cancelled"))],
        signals: [signal("confirm", to("Confirmed")), signal("reject", to("Cancelled"))],
        after: [after("72h", to("Cancelled"))])
}
