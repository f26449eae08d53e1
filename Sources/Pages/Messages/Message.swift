/// Every text of the pages that is not a value: a page says nothing that is not here, in each language.
///
/// A raw value with a point is found by the daemon's word behind it (`status.stuck`).
enum Message: String, CaseIterable, Sendable {
    // Of all pages.
    case brand, skip, menu, menuBook, menuDesk, menuOperations, menuSagas, menuWorkflows, signOut, doneTitle,
        notDoneTitle, fault, faultsTitle, optional, days, hours, minutes, seconds, milliseconds, dateShort,
        dateLong, stay, nightOne, nightMany, quoted, until, since, asOf, room, guest, status, acts, act, leave,
        reason, reasonHint, whatHappened, attempts, faultOther
    case faultName = "fault.name"
    case faultCard = "fault.cardNo"
    case faultRoom = "fault.room"
    case faultCheckIn = "fault.checkIn"
    case faultNights = "fault.nights"
    case month1 = "month.1"
    case month2 = "month.2"
    case month3 = "month.3"
    case month4 = "month.4"
    case month5 = "month.5"
    case month6 = "month.6"
    case month7 = "month.7"
    case month8 = "month.8"
    case month9 = "month.9"
    case month10 = "month.10"
    case month11 = "month.11"
    case month12 = "month.12"
    // Of the pages for guests.
    case bookTitle, bookLead, bookLook, bookNone, bookAct, bookPromise, chooseRoom, checkIn, nights, roomNumber,
        roomTaken, perNight, guestName, guestNameHint, card, cardHint, bookingTitle, orderingHead, orderingWord,
        orderingNext, payingHead, payingWord, payingNext, waitingHead, waitingWord, waitingNext, nextWaitingBy,
        confirmedHead, confirmedWord, confirmedNext, returningHead, returningWord, returningNext, releasingHead,
        releasingWord, releasingNext, cancelledHead, cancelledWord, cancelledNext, attentionHead, attentionWord,
        attentionNext, endedHead, endedWord, endedNext, moneyTitle, moneyUntouched, moneyUnknown, moneyTaken,
        moneyReturning, moneyReturned, moneyRefused, moneyHeldUp, tokenFault, bookAgain,
        failedHead, failedNext, cancelOpen, cancelReturns, cancelAsks, cancelFree,
        cancelReason, cancelAct, storyOrdered, storyHeld, storyPaid, storyAsked, storyReturned, storyFreed,
        storyTaken, storyDeclined, storyRefused, storyUndoRefused, storyCancelAsked, storyConfirmed, storyRejected,
        storyTime, aheadHold, aheadPay, aheadConfirm, aheadReturn, aheadFree, aheadCancelled, aheadAttention,
        signInTitle, signInLead, token, tokenHint, signInAct, goBack, problem401, problem403, problem404,
        problem409, problem429, problem500, problem503, advice401, advice403, advice404, advice409, advice429,
        advice500, advice503
    // Of the desk.
    case deskNone, deskOne, deskMany, deskLead, deskCaption, deskEmpty, deskMore, arrivals, arrivalsEmpty,
        stayHead, paid, waitedFor, confirm, reject, confirmOf, rejectOf, pendingConfirm, pendingReject,
        pendingUntil, takeBack
    // Of the pages for operators.
    case opsQuiet, opsOne, opsMany, opsEmpty, opsCaption, liveOne, liveMany, backlogOf, saga, sinceHead, standsIn,
        missing, waitsFor, look, lookAt, outOfPlace, effectsEmpty, call, effectUnknown, effectUndoing, effectOther,
        oldest, participants, participantsEmpty, participant, breaker, breakerClosed, breakerHalf, breakerOpen,
        breakerOff, inFlight, queued, parked, callsHour, hold, release, lastHour, hourEmpty, starts, ends,
        perMinute, stepMedian, stepSlow, backlog, sparkOf, sparkCalls, pausedTitle, pausedText, resumeAll,
        storeTitle, sagasTitle, sagasLead, sagasEmpty, workflow, stateName, key, attribute, attributeExample, any,
        find, started, changed, nextHead, older, bulkOpen, bulkLead, bulkCount, bulkOne, bulkMany, bulkAct, jobs,
        job, jobNumber, jobsTotal, jobsDone, jobsRefused, jobsLeft, sagaDiagram, diagramOf, legend, timelineMore,
        signalData, signalDataHint, timelineUndone, timelineEmpty, stuckTitle, alarmTitle, tryingTitle,
        parkedTitle, nextAt, actsLead, input, kept, timers, timersEmpty, takes, takesEmpty, keys, step, settleAs,
        settleSucceeded, settleRefused, trialWould, trialRefused, trialCalls, trialLeaves, trialThen, late, due,
        nextDue, workflowsTitle, workflowsLead, workflowsEmpty, version, current, currentYes, currentNo, liveSagas,
        digest, plan, migration, migrateCheck, migrateTitle, migrateCount, migrateAct, moves, stays, obstacles,
        wordSucceeded, wordRefused, wordSignal, wordStays, wordAfter, wordEndSucceeded, wordEndCancelled, wordPivot,
        wordUndo,
        wordNoUndo, wordCancelLeads, wordDeadline, wordHere, wordBeen, wordBegins
    // For the daemon's own words: statuses, acts, records, and what a diagram marks.
    case statusRunning = "status.running"
    case statusWaiting = "status.waiting"
    case statusCancelling = "status.cancelling"
    case statusCompensating = "status.compensating"
    case statusStuck = "status.stuck"
    case statusPaused = "status.paused"
    case statusSucceeded = "status.succeeded"
    case statusCancelled = "status.cancelled"
    case statusTerminated = "status.terminated"
    case jobRunning = "job.running"
    case jobDone = "job.done"
    case jobStopped = "job.stopped"
    case verbRetry = "verb.retry"
    case verbSettle = "verb.settle"
    case verbSkip = "verb.skip"
    case verbPause = "verb.pause"
    case verbResume = "verb.resume"
    case verbTerminate = "verb.terminate"
    case verbCancel = "verb.cancel"
    case verbSignal = "verb.signal"
    case verbsRetry = "verbs.retry"
    case verbsSettle = "verbs.settle"
    case verbsSkip = "verbs.skip"
    case verbsPause = "verbs.pause"
    case verbsResume = "verbs.resume"
    case verbsTerminate = "verbs.terminate"
    case verbsSignal = "verbs.signal"
    case verbsCancel = "verbs.cancel"
    case markInFlight = "mark.inFlight"
    case markDone = "mark.done"
    case markUnknown = "mark.unknown"
    case markUndoWaits = "mark.undoWaits"
    case markBeingUndone = "mark.beingUndone"
    case markUndone = "mark.undone"
    case markRefused = "mark.refused"
    case markNothing = "mark.nothing"
    case markSkipped = "mark.skipped"
    case recordStarted = "record.started"
    case recordEntered = "record.entered"
    case recordTimerSet = "record.timer-set"
    case recordTimerFired = "record.timer-fired"
    case recordStepArmed = "record.step-armed"
    case recordAttempted = "record.attempted"
    case recordSucceeded = "record.succeeded"
    case recordRefused = "record.refused"
    case recordUnanswered = "record.unanswered"
    case recordRetrySet = "record.retry-set"
    case recordDisarmed = "record.disarmed"
    case recordVarsSet = "record.vars-set"
    case recordSignalled = "record.signalled"
    case recordSignalTaken = "record.signal-taken"
    case recordSignalRefused = "record.signal-refused"
    case recordLeaving = "record.leaving"
    case recordCancelRequested = "record.cancel-requested"
    case recordUndoing = "record.undoing"
    case recordUndoArmed = "record.undo-armed"
    case recordLate = "record.late"
    case recordCalledBack = "record.called-back"
    case recordStuck = "record.stuck"
    case recordEnded = "record.ended"
    case recordHeld = "record.held"
    case recordFreed = "record.freed"
    case recordStayed = "record.stayed"
    case recordSkipped = "record.skipped"
    case recordOperated = "record.operated"
    case recordMigrated = "record.migrated"
    case recordRestored = "record.restored"

    /// In one language; `{0}`, `{1}` … stand for values.
    func text(in tongue: Tongue) -> String {
        // That none is missing is tested.
        guard let texts = Self.table[self] else { return rawValue }
        return tongue == .english ? texts.english : texts.korean
    }

    /// The same in both languages.
    struct Texts: Sendable {
        var english: String
        var korean: String
    }

    /// A line of a table.
    typealias Line = (message: Message, english: String, korean: String)

    static let lines: [Line] = sharedLines + guestLines + hotelLines + operatorLines + wordsLines

    static let table: [Message: Texts] = Dictionary(
        lines.map { ($0.message, Texts(english: $0.english, korean: $0.korean)) },
        uniquingKeysWith: { first, _ in first })
}
