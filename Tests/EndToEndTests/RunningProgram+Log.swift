import TestPrograms

extension RunningProgram {
    /// Whether it logs the text: now, or soon, as a program does not wait for its log.
    func logs(_ text: String) async -> Bool {
        let hang = HangLimit()
        while !log.contains(text) {
            guard !hang.isOver else { return false }
            await Task.yield()
        }
        return true
    }
}
