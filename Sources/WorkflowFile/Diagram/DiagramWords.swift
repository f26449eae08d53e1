/// The words of a diagram that are not the workflow's own, so that it can be drawn in any language.
public struct DiagramWords: Sendable, Hashable {
    /// Before a workflow's name.
    public var workflow = "Workflow"
    /// The step's success leads on.
    public var succeeded = "succeeded"
    /// Before the code of a refusal.
    public var refused = "refused"
    /// Before the name of a signal.
    public var signal = "signal"
    /// Behind the name of a signal that leads nowhere.
    public var stays = "stays"
    /// Before a time.
    public var after = "after"
    /// Under a final state.
    public var endSucceeded = "end: succeeded"
    /// Under a final state.
    public var endCancelled = "end: cancelled, all undone"
    /// Under a state whose step is the point of no return.
    public var pivot = "pivot: no way back after it"
    /// Before the operation that undoes a step.
    public var undo = "undo:"
    /// Under a state whose step has no compensation.
    public var noUndo = "not undone"
    /// Before the state that a cancel leads to.
    public var cancelLeads = "A cancel leads to"
    /// Before the time of all and the state that it leads to.
    public var deadlineLeads = "Deadline of all:"
    /// In the summary, before the state that a saga is in.
    public var here = "here now:"
    /// In the summary, before the states that a saga has been in.
    public var been = "been in:"
    /// In the summary, before the state that the way begins in.
    public var begins = "begins in"
    /// One for each mark.
    public var marks: [DiagramOverlay.Mark: String] = [
        .inFlight: "in flight", .done: "done", .unknown: "unknown", .undoWaits: "undo comes next",
        .beingUndone: "being undone", .undone: "undone", .refused: "refused", .nothing: "nothing done",
        .skipped: "skipped",
    ]

    /// The English ones.
    public init() {}
}
