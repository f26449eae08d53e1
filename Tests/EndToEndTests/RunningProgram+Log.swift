import TestPrograms

extension RunningProgram {
    /// Whether it logs the text: now, or soon, as a program does not wait for its log.
    func logs(_ text: String) async -> Bool {
        let end = ContinuousClock.now + .seconds(60)
        while !log.contains(text) {
            guard .now < end else { return false }
            await Task.yield()
        }
        return true
    }
}
