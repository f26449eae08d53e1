import CEL
import ControlAPI

/// An order's history in a guest's words: what was done, what is being done, and what comes next.
struct BookingStory {
    private let booking: Booking

    init(_ booking: Booking) { self.booking = booking }

    private struct Item {
        var tone: Tone
        var text: String
        var note: Markup = .none
    }

    func items(_ scene: Scene) -> [Markup] {
        (past(scene) + ahead(scene)).map { item in
            "<li class=\"\(item.tone.rawValue)\">\(item.text)<small>\(item.note)</small></li>\n"
        }
    }

    private func past(_ scene: Scene) -> [Item] {
        var calls: [Int: String] = [:]
        var items: [Item] = []
        for entry in booking.history {
            let step = entry.fields["step"]?.number
            let call = step.flatMap { calls[$0] } ?? ""
            let isUndo = entry.fields["direction"]?.word == "compensation"
            switch entry.type {
            case "started": items.append(Item(tone: .ok, text: scene.say(.storyOrdered), note: scene.moment(entry.at)))
            case "step-armed": calls[entry.number] = entry.fields["call"]?.word
            case "succeeded":
                guard let text = succeeded(scene, call, isUndo) else { continue }
                items.append(Item(tone: .ok, text: text, note: scene.moment(entry.at)))
            case "refused":
                let text = isUndo ? scene.say(.storyUndoRefused) : refused(scene, call)
                items.append(Item(tone: isUndo ? .bad : .off, text: text, note: scene.moment(entry.at)))
            case "cancel-requested":
                let reason = entry.fields["reason"]?.word.map { scene.say(.quoted, $0) }
                let note: Markup = "\(scene.moment(entry.at))\(reason.map { " · \($0)" } ?? "")"
                items.append(Item(tone: .undo, text: scene.say(.storyCancelAsked), note: note))
            case "signalled":
                guard let text = signalled(scene, entry) else { continue }
                items.append(Item(tone: .ok, text: text, note: scene.moment(entry.at)))
            case "timer-fired":
                items.append(Item(tone: .wait, text: scene.say(.storyTime), note: scene.moment(entry.at)))
            default: continue
            }
        }
        return items
    }

    private func succeeded(_ scene: Scene, _ call: String, _ isUndo: Bool) -> String? {
        let amount = scene.money(booking.amount, booking.currency)
        return switch (call, isUndo) {
        case (Booking.Calls.hold, false): scene.say(.storyHeld, booking.room)
        case (Booking.Calls.charge, false): scene.say(.storyPaid, amount)
        case (Booking.Calls.accept, false): scene.say(.storyAsked)
        case (Booking.Calls.charge, true): scene.say(.storyReturned, amount)
        case (Booking.Calls.hold, true): scene.say(.storyFreed, booking.room)
        default: nil
        }
    }

    private func refused(_ scene: Scene, _ call: String) -> String {
        switch call {
        case Booking.Calls.hold: scene.say(.storyTaken, booking.room)
        case Booking.Calls.charge: scene.say(.storyDeclined)
        default: scene.say(.storyRefused)
        }
    }

    private func signalled(_ scene: Scene, _ entry: HistoryResource) -> String? {
        switch entry.fields["signal"]?.word {
        case "confirm": scene.say(.storyConfirmed)
        case "reject": scene.say(.storyRejected)
        default: nil
        }
    }

    /// What is under way, then what is left, each once.
    private func ahead(_ scene: Scene) -> [Item] {
        let say = scene.say
        let amount = scene.money(booking.amount, booking.currency)
        switch booking.standing {
        case .ordering:
            return [Item(tone: .run, text: say(.aheadHold, booking.room))]
                + [say(.aheadPay, amount), say(.aheadConfirm)].map { Item(tone: .off, text: $0) }
        case .paying:
            return [Item(tone: .run, text: say(.aheadPay, amount), note: tried(scene))]
                + [Item(tone: .off, text: say(.aheadConfirm))]
        case .waiting: return [Item(tone: .wait, text: say(.aheadConfirm))]
        case .returning:
            return [Item(tone: .run, text: say(.aheadReturn, amount), note: tried(scene))]
                + [say(.aheadFree, booking.room), say(.aheadCancelled)].map { Item(tone: .off, text: $0) }
        case .releasing:
            return [Item(tone: .run, text: say(.aheadFree, booking.room), note: tried(scene))]
                + [Item(tone: .off, text: say(.aheadCancelled))]
        case .attention: return [Item(tone: .bad, text: say(.aheadAttention))]
        case .cancelled: return [Item(tone: .off, text: say(.cancelledHead))]
        case .confirmed, .ended: return []
        }
    }

    private func tried(_ scene: Scene) -> Markup {
        guard let trying = booking.saga.trying, trying.count > 1 else { return .none }
        return "\(scene.say(.attempts, "\(trying.count)"))"
    }
}
