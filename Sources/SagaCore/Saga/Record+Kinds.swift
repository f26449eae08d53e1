extension Record {
    /// Every ``name`` that a record may have, in the order in which they are declared.
    public static let kinds = [
        "started", "entered", "timer-set", "timer-fired", "step-armed", "attempted", "succeeded", "refused",
        "unanswered",
        "retry-set", "disarmed", "vars-set", "signalled", "signal-taken", "signal-refused", "leaving",
        "cancel-requested", "undoing", "undo-armed", "late", "called-back", "stuck", "ended", "held", "freed", "stayed",
        "skipped",
        "operated", "migrated", "restored",
    ]
}
