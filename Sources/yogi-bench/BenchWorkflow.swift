import CEL
import SagaCore
import SagaEngine
import WorkflowFile

/// The saga that the peers were measured on: one payment, then a wait for the hotel's word.
enum BenchWorkflow {
    static let name = "bench"

    static let text = """
        workflow: bench
        version: "1"
        summary: One payment, then a wait for the hotel's word.
        input:
          type: object
          additionalProperties: false
          required: [name, cardNo, amount]
          properties:
            name:   { type: string, minLength: 1, maxLength: 100 }
            cardNo: { type: string, minLength: 1, maxLength: 32, secret: true }
            amount: { type: integer, minimum: 0 }
        initial: Paying
        states:
          Paying:
            call: payment.charge
            with: { orderId: "${ saga.id }", cardNo: "${ input.cardNo }", amount: "${ input.amount }" }
            set: { paymentId: "${ result.paymentId }" }
            compensate: { call: payment.refund }
            then: Reserved
            refused: Cancelled
            after: { 10m: Cancelled }
          Reserved:
            signals: { confirm: Confirmed, reject: Cancelled }
            after: { 72h: Cancelled }
          Confirmed: { end: succeeded }
          Cancelled: { end: cancelled }

        """

    /// - Throws: ``BenchFailure`` with the diagnostics, should the language have moved on.
    static func loaded() throws -> LoadedWorkflow {
        try loaded(WorkflowFile.parse(text: text, path: "bench.yaml"))
    }

    /// - Throws: ``BenchFailure`` with the file's diagnostics.
    static func loaded(_ file: WorkflowFile) throws -> LoadedWorkflow {
        guard let workflow = file.workflow else {
            throw BenchFailure(file.diagnostics.map(\.description).joined(separator: "\n"))
        }
        return LoadedWorkflow(workflow: workflow, source: file.source)
    }

    static func input(_ visit: Visit) -> Value {
        .map(
            MapValue([
                ("name", .string("guest \(visit.client)")), ("cardNo", .string("4111111111111111")),
                ("amount", .int(20_000)),
            ]))
    }
}

/// The input of a reservation; a room of its own each, so that every one of them is confirmed.
enum Reservation {
    static let name = "reservation"

    static func input(_ visit: Visit) -> Value {
        .map(
            MapValue([
                ("name", .string("guest \(visit.client)")), ("cardNo", .string("4111111111111111")),
                ("room", .string("\(visit.run)-\(visit.client)-\(visit.number)")),
                ("checkIn", .string("2027-01-15")), ("nights", .int(2)), ("amount", .int(20_000)),
            ]))
    }
}
