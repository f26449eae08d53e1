import CEL
import ControlAPI
import ControlClient

/// Drives a daemon over its socket with so many clients, one number after the other.
struct SocketDrive {
    let section: Section
    let socket: String
    let workflow: String
    let input: @Sendable (Visit) -> Value
    let processes: [(name: String, pid: Int32)]

    /// - Returns: what was measured, and how many sagas the store got in all.
    func run(_ load: Load, asksAgain: Bool) async throws -> (runs: [Report.Run], carried: Int) {
        try await ControlClient.with(socketPath: socket) { client in
            let guest = SocketGuest(client: client, workflow: workflow, input: input, asksAgain: asksAgain)
            let meter = Meter(processes: processes) {
                let status = try await client.status()
                return (status.inputs, status.commits)
            }
            let name = section == .reservation ? "reservation.yaml" : "socket, \(guest.requests) requests"
            var runs: [Report.Run] = []
            var carried = 0
            for clients in load.clients {
                let outcome = try await load.run(name, clients: clients, meter: meter) { _ in guest }
                runs.append(Report.Run(section, name, clients: clients, requests: guest.requests, outcome))
                carried += outcome.carried
            }
            return (runs, carried)
        }
    }
}
