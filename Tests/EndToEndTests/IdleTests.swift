import ControlAPI
import ControlClient
import Foundation
import TestPrograms
import Testing

/// A daemon that has nothing to do does nothing.
@Suite(.serialized, .timeLimit(.minutes(30))) struct IdleTests {
    @Test func `the idle daemon uses no processor to speak of, and little memory`() async throws {
        let hotel = try await Hotel()
        let id = try await hotel.reserve()
        // Of a 100th of a second each: 10 are 3 % of one processor, more than any noise and less than any spinning. On a busy machine the
        // end of the start and of the reservation may fall into the first of these times; a daemon that spins has none without it.
        var ticks = Int.max
        for _ in 1...20 where ticks > 10 {
            let before = try Usage(of: hotel.daemon.pid)
            // The daemon's own long poll is the clock: it waits for what does not come.
            let saga = try await hotel.withClient { try await $0.show(id, wait: Wait("ended", milliseconds: 3_000)) }
            #expect(!saga.reached)
            ticks = try Usage(of: hotel.daemon.pid).ticks - before.ticks
        }
        #expect(ticks <= 10)
        let residentKilobytes = try Usage(of: hotel.daemon.pid).residentKilobytes
        #expect(residentKilobytes < 120 * 1_024)
        print("idle for 3 s: \(ticks) ticks, \(residentKilobytes) kB resident")
        let ended = try await hotel.confirm(id)
        #expect(ended.status == "succeeded")
    }

    /// What a process has used, from proc(5).
    private struct Usage {
        /// In user and kernel mode, in 1/100 s.
        var ticks: Int
        var residentKilobytes: Int

        init(of pid: Int32) throws {
            let stat = try String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)
            // The name may hold blanks; what follows its bracket are fields 3 and up: utime is 14, stime 15.
            let fields = try #require(stat.split(separator: ")").last).split(separator: " ")
            ticks = try #require(Int(fields[11])) + #require(Int(fields[12]))
            let status = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
            let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") })
            residentKilobytes = try #require(Int(line.split(separator: " ").dropLast().last ?? ""))
        }
    }
}
