/// What its own thread does.
extension Loop {
    /// Runs until the inbox is closed and what was accepted is done.
    func run() {
        while true {
            gather()
            switch cycle(at: clock.now()) {
            case .worked: continue
            case .idle(let milliseconds):
                writer.phase.set(.waiting)
                inbox.wait(milliseconds: milliseconds)
            case .finished: return
            }
        }
    }

    private func gather() {
        let waiting = inbox.backlog
        guard waiting > 0,
            let wanted = company.wanted(
                waiting: waiting, inFlight: outlets.inFlight(), batchMax: limits.batchMax)
        else { return }
        writer.phase.set(.waiting)
        company.came(inbox.gather(wanted, milliseconds: Company.milliseconds))
    }
}
