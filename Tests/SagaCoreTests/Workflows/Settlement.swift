import SagaCore

extension Workflow {
    /// A payment that is fenced off by its compensation: after 10 s, after three attempts, by a cancel or a signal.
    static let fenced = fenced(version: "1", paying: "Paying")
    /// The same, with another name for the state: what is in `Paying` cannot move to it.
    static let fencedRenamed = fenced(version: "2", paying: "Charging")
    /// The same, with more time.
    static let fencedLonger = fenced(version: "3", paying: "Paying")

    private static func fenced(version: String, paying: String) -> Workflow {
        var charge = step("payment.charge", undo: undo("payment.refund"), attempts: 3, timeout: 610)
        charge.unknown = .fence
        return Workflow(
            name: "fenced", version: version, digest: "fenced-\(version)", initial: "Ordered",
            states: [
                State(
                    name: "Ordered", step: step("room.hold", undo: undo("room.release")), then: [to(paying)],
                    refused: [refused(nil, to("Cancelled"))]),
                State(
                    name: paying, step: charge, then: [to("Paid")],
                    refused: [refused("unanswered", to("Later")), refused(nil, to("Cancelled"))],
                    signals: [signal("later", to("Later"))], after: [after("10s", to("Cancelled"))]),
                State(name: "Later", signals: [signal("again", to(paying)), signal("drop", to("Cancelled"))]),
                State(name: "Paid", signals: [signal("done", to("Confirmed"))]),
                confirmed, cancelled,
            ],
            cancelTarget: "Cancelled")
    }

    /// A participant that does not know keys: what became of a call that was not answered is for an operator to find out.
    static let asking: Workflow = {
        var fax = step("hotel.fax", undo: undo("hotel.retract"))
        fax.unknown = .ask
        return Workflow(
            name: "asking", version: "1", initial: "Faxing",
            states: [
                State(
                    name: "Faxing", step: fax, then: [to("Confirmed")], refused: [refused(nil, to("Cancelled"))],
                    after: [after("1m", to("Cancelled"))], set: set(["ref": "${result.ref}"])),
                confirmed, cancelled,
            ],
            cancelTarget: "Cancelled")
    }()

    /// FTGO's create order: a ticket, the authorisation as the pivot, and what is retried until it is done.
    static let order: Workflow = {
        var authorise = step("accounting.authorise")
        authorise.pivot = true
        return Workflow(
            name: "order", version: "1", initial: "Ticketing",
            states: [
                State(
                    name: "Ticketing", step: step("kitchen.createTicket", undo: undo("kitchen.rejectTicket")),
                    then: [to("Authorising")], refused: [refused(nil, to("Rejected"))]),
                State(
                    name: "Authorising", step: authorise, then: [to("Approving")],
                    refused: [refused(nil, to("Rejected"))], after: [after("5m", to("Rejected"))]),
                State(name: "Approving", step: step("kitchen.approveTicket"), then: [to("Approved")]),
                State(name: "Approved", end: .succeeded), State(name: "Rejected", end: .cancelled),
            ],
            deadline: Deadline(after: .after(milliseconds: 3_600_000), to: "Rejected"), cancelTarget: "Rejected")
    }()
}
