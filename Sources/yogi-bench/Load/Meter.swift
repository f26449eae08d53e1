import Basics
import Glibc

/// Reads what processes have used and what the engine has done.
struct Meter: Sendable {
    /// Whose CPU counts, by the name that the table has; 0 is this process.
    var processes: [(name: String, pid: Int32)]
    /// Inputs and commits of the engine so far.
    var engine: @Sendable () async throws -> (inputs: Int, commits: Int)

    func read() async throws -> MeterReading {
        let done = try await engine()
        var reading = MeterReading(
            at: MonotonicTime.nanoseconds, inputs: done.inputs, commits: done.commits,
            machine: ProcessFacts.machineCPU())
        for (name, pid) in processes {
            reading.cpu[name, default: 0] += ProcessFacts.cpu(of: pid == 0 ? getpid() : pid)
        }
        return reading
    }
}

/// Counters at a time, or their growth between two times.
struct MeterReading: Sendable {
    /// Nanoseconds of ``Clock``.
    var at: Int64
    /// Microseconds by process.
    var cpu: [String: Int64] = [:]
    var inputs: Int
    var commits: Int
    /// Microseconds of all processes.
    var machine: Int64

    init(at: Int64, inputs: Int, commits: Int, machine: Int64) {
        self.at = at
        self.inputs = inputs
        self.commits = commits
        self.machine = machine
    }

    static func - (last: MeterReading, first: MeterReading) -> MeterReading {
        var use = MeterReading(
            at: last.at - first.at, inputs: last.inputs - first.inputs, commits: last.commits - first.commits,
            machine: last.machine - first.machine)
        use.cpu = last.cpu.merging(first.cpu, uniquingKeysWith: -)
        return use
    }
}
