import Logging
import SagaEngine
import Testing

@testable import YogiyogidProgram

/// The keys of `yogiyogid.yaml` about the care of the store.
struct ConfigurationFileTests {
    private static let day: Int64 = 86_400_000

    private func read(_ text: String) throws -> DaemonConfiguration {
        var configuration = DaemonConfiguration.defaults([:])
        try ConfigurationFile.apply(text, path: "y.yaml", to: &configuration)
        return configuration
    }

    private func faults(_ text: String) -> [String] {
        var configuration = DaemonConfiguration.defaults([:])
        do throws(StartFailure) {
            try ConfigurationFile.apply(text, path: "y.yaml", to: &configuration)
            return []
        } catch {
            return error.lines
        }
    }

    @Test func `without a word on it everything is kept for ever, and a start looks through the store for a second`()
        throws
    {
        for text in ["limits: {}\n", "retention: {}\n"] {
            let configuration = try read(text)
            #expect(configuration.retention == Retention())
            #expect(configuration.storeCheck == .seconds(1))
        }
    }

    @Test func `each end of a saga, what left something behind, and jobs have a time of their own`() throws {
        let text = "retention: { succeeded: 90d, cancelled: 365d, terminated: 1d12h, withAlarms: 500ms, jobs: 30d }\n"
        #expect(
            try read(text).retention
                == Retention(
                    succeeded: 90 * Self.day, cancelled: 365 * Self.day, terminated: 36 * 3_600_000, withAlarms: 500,
                    jobs: 30 * Self.day))
        #expect(try read("retention: { succeeded: 90d }\n").retention == Retention(succeeded: 90 * Self.day))
        #expect(try read("limits: { storeCheck: 1m30s }\n").storeCheck == .seconds(90))
    }

    @Test func `an empty file is no configuration, and no workflow either`() {
        for text in ["", "\n# nothing\n"] {
            #expect(
                faults(text) == ["y.yaml:1:1: error: the configuration is empty; write '{}' where nothing is to be set"]
            )
        }
        #expect(faults("{}\n") == [])
    }

    @Test func `what is wrong is named with its place and what would be right, all of it at once`() {
        let text = """
            limits: { storeCheck: 0s, storeChek: 1s }
            retention:
              succeeded: 90
              canceled: 365d
              jobs: for ever

            """
        #expect(
            faults(text) == [
                "y.yaml:1:23: error: 'storeCheck' must be a duration such as 30s, 500ms or 1h30m",
                "y.yaml:1:27: error: unknown key 'storeChek' in 'limits'; did you mean 'storeCheck'?",
                "y.yaml:3:14: error: 'succeeded' must be a duration such as 30s, 500ms or 1h30m",
                "y.yaml:4:3: error: unknown key 'canceled' in 'retention'; did you mean 'cancelled'?",
                "y.yaml:5:9: error: 'jobs' must be a duration such as 30s, 500ms or 1h30m",
            ])
        #expect(faults("retention: 90d\n") == ["y.yaml:1:12: error: 'retention' must be a map, is a text"])
        #expect(
            faults("retention: { jobs: 0d }\n") == [
                "y.yaml:1:20: error: 'jobs' must be a duration such as 30s, 500ms or 1h30m"
            ])
    }

    @Test func `a reload takes the retention over and says that the check wants a restart`() throws {
        let before = try read("retention: { succeeded: 90d }\n")
        let after = try read("retention: { succeeded: 30d, jobs: 12h }\nlimits: { storeCheck: 500ms }\n")
        #expect(before.changes(to: after) == ["retention was succeeded 90d and is succeeded 30d, jobs 12h"])
        #expect(before.needingRestart(for: after) == ["limits.storeCheck is 1s until a restart, then 500ms"])
        let taken = before.taking(over: after)
        #expect(taken.retention == after.retention && taken.storeCheck == before.storeCheck)
    }

    @Test func `budgets are sizes, and are named with what they may be`() throws {
        let text =
            "limits: { inboxBytes: 1MiB, cacheBytes: 2GiB, earlyBytes: 3145728, unreadBytes: 8MiB, connections: 100 }\n"
        let read = try read(text)
        #expect(read.limits.inboxBytesMax == 1 << 20 && read.limits.cacheBytesMax == 2 << 30)
        #expect(read.limits.earlyBytesMax == 3 << 20)
        #expect(read.unreadBytesMax == 8 << 20 && read.connectionsMax == 100)
        let before = try self.read("limits: {}\n")
        #expect(
            before.changes(to: read) == [
                "limits.inboxBytes was 67108864 and is 1048576", "limits.cacheBytes was 67108864 and is 2147483648",
                "limits.earlyBytes was 67108864 and is 3145728",
            ])
        #expect(
            before.needingRestart(for: read) == [
                "limits.connections is 16384 until a restart, then 100",
                "limits.unreadBytes is 67108864 until a restart, then 8388608",
            ])
        #expect(
            faults("limits: { inboxBytes: 64KiB, cacheBytes: 99999999999GiB, connections: 7, body: 65MiB }\n") == [
                "y.yaml:1:23: error: 'inboxBytes' must be a size from 1MiB to 16GiB, such as 1MiB",
                "y.yaml:1:42: error: 'cacheBytes' must be a size from 1MiB to 16GiB, such as 1MiB",
                "y.yaml:1:71: error: 'connections' must be a whole number from 8 to 1000000",
                "y.yaml:1:80: error: 'body' must be a size from 1KiB to 64MiB, such as 1MiB",
            ])
    }
}
