import CEL
import ControlAPI
import ControlClient

/// Drives a daemon over its socket with so many clients, one number after the other: all on one thread with plain sockets, so that what is
/// measured is the daemon.
struct SocketDrive: Sendable {
    let section: Section
    let socket: String
    let workflow: String
    let input: @Sendable (Visit) -> Value
    let processes: [(name: String, pid: Int32)]
    /// Whether the start is answered when it is durable, and the reservation is awaited with a request of its own; else the start's own
    /// answer waits for it.
    var asksAgain = true

    var requests: Int { asksAgain ? 3 : 2 }

    /// - Returns: what was measured, and how many sagas the store got in all.
    func run(_ load: Load) async throws -> (runs: [Report.Run], carried: Int) {
        try await ControlClient.with(socketPath: socket) { client in
            let meter = Meter(processes: processes) {
                let status = try await client.status()
                return (status.inputs, status.commits)
            }
            let name = section == .socket ? "socket, \(requests) requests" : section.way
            var runs: [Report.Run] = []
            var carried = 0
            for clients in load.clients {
                let crowd = SocketCrowd(drive: self, clients: clients, run: "\(name) \(clients)")
                let outcome = try await load.run(name, clients: clients, meter: meter) { end in
                    try await crowd.carry(until: end)
                }
                runs.append(Report.Run(section, name, clients: clients, requests: requests, outcome))
                carried += outcome.carried
            }
            return (runs, carried)
        }
    }
}
