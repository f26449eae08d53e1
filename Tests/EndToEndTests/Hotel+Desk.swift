import CEL
import ControlAPI
import ControlClient
import TestPrograms

/// What came of a run of `yogictl`.
struct Run: Equatable, Sendable {
    var status: Int32
    var output = ""
    var errors = ""
}

extension Hotel {
    /// Runs with a client of this hotel's daemon, and shuts it down whatever happens.
    func withClient<T: Sendable>(_ body: (ControlClient) async throws -> T) async throws -> T {
        try await ControlClient.with(socketPath: socket, timeout: HangLimit.milliseconds, body)
    }

    /// Runs `yogictl` against this hotel's daemon.
    func yogictl(_ arguments: String...) async throws -> Run {
        let run = try await Programs.run("yogictl", arguments, environment: ["YOGIYOGI_SOCKET": socket])
        return Run(status: run.status, output: run.output, errors: run.errors)
    }

    /// Starts a daemon that ends by itself, as it does when it refuses; without the log of a key that it made for a new store.
    func refusal(_ arguments: String...) async throws -> Run {
        try await Self.refusal(arguments)
    }

    static func refusal(_ arguments: [String]) async throws -> Run {
        let run = try await Programs.run("yogiyogid", arguments)
        let errors = run.errors.split(separator: "\n", omittingEmptySubsequences: false)
            .filter { !$0.contains(" notice store key made ") }
        return Run(status: run.status, output: run.output, errors: errors.joined(separator: "\n"))
    }

    static func input(_ name: String = "Ann", room: Int = 7) -> Value {
        .map(
            MapValue([
                ("name", .string(name)), ("cardNo", .string("4111111111111111")), ("room", .string("\(room)")),
                ("checkIn", .string("2027-03-01")), ("nights", .int(2)), ("amount", .int(100)),
            ]))
    }

    /// A guest who was there before: a saga that is paid for and waits for the hotel.
    func reserve(room: Int = 7) async throws -> String {
        let answer = try await withClient { client in
            try await client.start(
                "reservation", input: Self.input(room: room),
                wait: Wait("Reserved", milliseconds: HangLimit.milliseconds))
        }
        guard answer.saga.state == "Reserved" else { throw ProgramFailure("not reserved: \(answer.saga)") }
        return answer.saga.id
    }

    /// Confirms what ``reserve(room:)`` gave; returns the saga at its end.
    func confirm(_ id: String) async throws -> SagaResource {
        try await withClient { client in
            try await client.signal(id, "confirm", wait: Wait("ended", milliseconds: HangLimit.milliseconds)).saga
        }
    }

    /// The ids of all sagas.
    func sagas() async throws -> Set<String> {
        try await withClient { client in Set(try await client.list().sagas.map(\.id)) }
    }
}
