import CEL
import Logging
import SagaCore
import Synchronization
import Testing
import WorkflowFile

@testable import SagaEngine
@testable import SagaStore

/// Operators' acts through the engine's loop and a real store, with time as the test says.
struct JobTests {
    @Test func `a job goes by its rate, and after a restart from where it was`() throws {
        let shop = try Shop()
        let sagas = try (0..<5).map { try shop.stuck("guest-\($0)") }
        _ = try shop.accept(.retry, sagas, JobRate("2/s"))
        shop.drain()
        #expect(try shop.acts(of: sagas) == [1, 0, 0, 0, 0])
        shop.now += 499
        shop.drain()
        #expect(try shop.acts(of: sagas) == [1, 0, 0, 0, 0])
        shop.now += 1
        shop.drain()
        #expect(try shop.acts(of: sagas) == [1, 1, 0, 0, 0])
        // Down for an hour: it goes on where it was, and makes up for nothing.
        try shop.restart(after: 3_600_000)
        shop.drain()
        #expect(try shop.acts(of: sagas) == [1, 1, 1, 0, 0])
        for _ in 0..<10 {
            shop.now += 500
            shop.drain()
        }
        #expect(try shop.acts(of: sagas) == [1, 1, 1, 1, 1])
        let job = try #require(try shop.store.read { try $0.job(1) })
        #expect(job.position == 5)
        #expect(job.endedAt == Instant(milliseconds: Shop.beginning + 500 + 3_600_000 + 1_000))
        #expect(try shop.store.read { try $0.openJobs() }.isEmpty)
    }

    @Test func `each saga's result is kept, and one that cannot take the act hinders no other`() throws {
        let shop = try Shop()
        let sagas = [try shop.stuck("Ann"), try shop.reserved("Bo"), try shop.stuck("Cy")]
        let gone = SagaID(milliseconds: 1, counter: 0, random: 1)
        _ = try shop.accept(.retry, sagas + [gone], JobRate("100/s"))
        for _ in 0..<10 {
            shop.now += 10
            shop.drain()
        }
        let rows = try shop.store.read { try $0.sagas(ofJob: 1, from: 0, limit: 10) }
        #expect(rows.map(\.outcome) == [.done, .refused, .done, .failed])
        #expect(
            rows.map(\.message) == [
                nil, "there is nothing to retry: the saga is waiting in 'Reserved'", nil, "it is gone",
            ])
        #expect(try shop.store.read { try $0.outcomes(ofJob: 1) } == [.done: 2, .refused: 1, .failed: 1])
    }

    @Test func `a job's sagas are the live ones that fit when it is accepted, oldest first`() async throws {
        let shop = try Shop()
        let ann = try shop.stuck("Ann")
        _ = try shop.stuck("Bo")
        let again = try shop.reserved("Ann")
        let over = try shop.reserved("Ann")
        _ = try shop.tell(over, .signalled(SignalSent(name: "confirm")))
        let engine = try shop.engine()
        func sagas(_ filter: SagaFilter) async throws -> [SagaID] {
            try await engine.sagas(for: JobCommand(.retry, of: filter, reason: "r"))
        }
        #expect(try await sagas(SagaFilter(attributes: [.init(name: "guest", value: "Ann")])) == [ann, again])
        #expect(try await sagas(SagaFilter(status: .stuck, attributes: [.init(name: "guest", value: "Ann")])) == [ann])
        #expect(try await sagas(SagaFilter(workflow: "order")).count == 3)
        #expect(try await sagas(SagaFilter(status: .succeeded)).isEmpty)
    }

    @Test func `no more than so many jobs are under way`() throws {
        let shop = try Shop()
        let saga = try shop.stuck("Ann")
        for _ in 0..<Engine.jobsMax { _ = try shop.accept(.pause, [saga, saga], JobRate("1/h")) }
        #expect(throws: EngineError.tooManyJobs(max: 16)) { try shop.accept(.pause, [saga], JobRate("1/h")) }
        #expect(try shop.store.read { try $0.openJobs() }.count == 16)
    }

    @Test func `a pace holds after a pause of the machine and a jump of its clock`() throws {
        var schedule = JobSchedule()
        var job = JobRow(
            act: "retry", reason: "r", by: nil, filter: "{}", count: 10, per: 1_000,
            acceptedAt: Instant(milliseconds: 0), total: 1_000)
        job.id = 7
        schedule.add(job, at: 0)
        #expect(schedule.take(until: 0, max: 100) == [7])
        #expect(schedule.take(until: 99, max: 100).isEmpty)
        #expect(schedule.take(until: 300, max: 2) == [7, 7])
        #expect(schedule.take(until: 300, max: 100) == [7])
        #expect(schedule.take(until: 900_000, max: 100) == [7])
        #expect(schedule.next == 900_100)
        #expect(schedule.take(until: 5_000, max: 100) == [7])
        #expect(schedule.next == 5_100)
    }

    @Test(arguments: ["50/s", "1/m", "10000/h"])
    func `a rate reads as it is written`(text: String) {
        #expect(JobRate(text)?.description == text)
    }

    @Test(arguments: ["", "50", "0/s", "-1/s", "10001/s", "1/d", "/s", "1/s/s", "1.5/s"])
    func `what is no rate is none`(text: String) {
        #expect(JobRate(text) == nil)
    }
}
