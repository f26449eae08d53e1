import Testing

@testable import SagaCore
@testable import SagaEngine

@Suite struct CompanyTests {
    private func wanted(_ company: inout Company, _ waiting: Int, _ inFlight: Int) -> Int? {
        company.wanted(waiting: waiting, inFlight: inFlight, batchMax: 8)
    }

    @Test func `who is alone never waits`() {
        var company = Company()
        #expect(wanted(&company, 1, 0) == nil)
        // Its own call, which is about to be taken from those in flight.
        #expect(wanted(&company, 1, 1) == nil)
        #expect(wanted(&company, 0, 100) == nil)
    }

    @Test func `a batch that is full, or has all that is in flight, goes at once`() {
        var company = Company()
        #expect(wanted(&company, 8, 100) == nil)
        #expect(wanted(&company, 5, 5) == nil)
        #expect(wanted(&company, 5, 6) == 6)
        #expect(wanted(&company, 5, 100) == 8)
    }

    @Test func `who waited in vain waits less and less often, until company comes`() {
        var company = Company()
        var between: [Int] = []
        for _ in 0..<9 {
            var alone = 0
            while wanted(&company, 1, 100) == nil { alone += 1 }
            between.append(alone)
            company.came(0)
        }
        #expect(between == [0, 1, 2, 4, 8, 16, 32, 64, 64])
        for _ in 0..<64 { #expect(wanted(&company, 1, 100) == nil) }
        #expect(wanted(&company, 1, 100) == 8)
        company.came(3)
        #expect(wanted(&company, 1, 100) == 8)
    }

    private let order = Posted(ask: .tell(.number(1), .woken))

    @Test func `the inbox gathers until as many wait, and no longer`() async throws {
        let inbox = Inbox(commandsMax: 8)
        try inbox.push(order)
        let came = Task.detached { inbox.gather(3, milliseconds: 90_000) }
        try inbox.push(order)
        try inbox.push(order)
        #expect(await (0...2).contains(came.value))
        #expect(inbox.backlog == 3)
        // As many wait already.
        #expect(inbox.gather(3, milliseconds: 90_000) == 0)
    }

    @Test func `what does not bear to wait ends the gathering`() async throws {
        let inbox = Inbox(commandsMax: 8)
        try inbox.push(order)
        let gathering = Task.detached { inbox.gather(100, milliseconds: 90_000) }
        try inbox.push(Chore.probe(writing: false, { _ in }))
        _ = await gathering.value
        _ = inbox.take(max: 9)
        try inbox.push(order)
        let nudged = Task.detached { inbox.gather(100, milliseconds: 90_000) }
        inbox.nudge()
        _ = await nudged.value
        inbox.close()
        #expect(inbox.gather(100, milliseconds: 90_000) == 0)
    }
}
