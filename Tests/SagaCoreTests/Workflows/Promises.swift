import SagaCore

extension Workflow {
    /// Rooms that are booked by a service that answers later, and given back by one that does too: an hour to answer in.
    static let promised: Workflow = {
        var book = step("hotel.book", undo: undo("hotel.cancel"), timeout: 1_000)
        book.pending = PendingRule(timeout: 3_600_000, every: 60_000)
        return Workflow(
            name: "promised", version: "1", initial: "Booking",
            states: [
                State(
                    name: "Booking", step: book, then: [to("Booked")],
                    refused: [refused("sold-out", to("Cancelled")), refused(nil, to("Cancelled"))]),
                State(name: "Booked", signals: [signal("done", to("Confirmed"))]),
                confirmed, cancelled,
            ],
            cancelTarget: "Cancelled")
    }()

    /// Rooms that are booked by a clerk who rings back, within an hour, or a person looks.
    static let calledBack: Workflow = {
        var book = step("clerk.book", undo: undo("clerk.cancel"), timeout: 1_000)
        book.pending = PendingRule(timeout: 3_600_000, isCalledBack: true)
        book.unknown = .ask
        return Workflow(
            name: "called-back", version: "1", initial: "Booking",
            states: [
                State(
                    name: "Booking", step: book, then: [to("Booked")],
                    refused: [refused("sold-out", to("Cancelled"))]),
                State(name: "Booked", signals: [signal("done", to("Confirmed"))]),
                confirmed, cancelled,
            ],
            cancelTarget: "Cancelled")
    }()

    /// Pays one account after the other in a loop; a variable says whose turn it is, and another state changes it.
    static let payouts: Workflow = {
        let account = object(["account": "${vars.account}", "n": "${vars.n}"])
        var pay = step("bank.pay", with: account)
        pay.compensation = .call(
            Compensation.Undo(
                call: Operation(participant: "bank", operation: "takeBack"),
                with: object([
                    "account": "${vars.account}", "n": "${vars.n}", "paid": "${vars.paid}", "request": "${request}",
                    "ref": "${result == null ? 'none' : result.ref}",
                ])))
        return Workflow(
            name: "payouts", version: "1", initial: "Begin",
            states: [
                State(
                    name: "Begin", then: [to("Pay")],
                    set: set(["account": "${'alice'}", "n": "${1}", "paid": "${'nothing'}"])),
                State(
                    name: "Pay", step: pay,
                    then: [
                        Route(
                            when: formula("vars.n < 3"), set: set(["account": "${'bob'}", "n": "${vars.n + 1}"]),
                            to: "Pay"
                        ), to("Paid"),
                    ],
                    refused: [refused("account-closed", to("Cancelled"))],
                    signals: [
                        signal("change", to("Cancelled", set: set(["account": "${signal.data.account}"])))
                    ],
                    after: [
                        after("1h", to("Cancelled", set: set(["account": "${'carol'}"])))
                    ],
                    set: set(["paid": "${result.ref}"])),
                State(name: "Paid", signals: [signal("done", to("Confirmed"))]),
                confirmed, cancelled,
            ],
            cancelTarget: "Cancelled")
    }()
}

extension Workflow {
    /// Books night after night without end: a loop that nobody watches.
    static let endless = Workflow(
        name: "endless", version: "1", initial: "Night",
        states: [
            State(
                name: "Night", step: step("room.hold", undo: undo("room.release")), then: [to("Night")],
                refused: [refused(nil, to("Cancelled"))]), confirmed, cancelled,
        ],
        cancelTarget: "Cancelled")
}
