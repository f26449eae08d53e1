import Foundation
import Glibc

/// So many clients on one thread, each with a connection and a saga of its own.
struct SocketCrowd {
    let drive: SocketDrive
    let clients: Int
    let run: String

    /// Carries sagas until `end`, and those that are begun then to their ends.
    func carry(until end: Int64) async throws -> [SagaTimes] {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result { try carryHere(until: end) }) }
        }
    }

    private func carryHere(until end: Int64) throws -> [SagaTimes] {
        let poller = Poller()
        var crowd: [Int32: (guest: SocketGuest, wire: Wire)] = [:]
        defer { for socket in crowd.keys { close(socket) } }
        for client in 1...clients {
            let wire = try Wire(connectingTo: drive.socket)
            poller.add(wire.descriptor)
            var guest = SocketGuest(client, of: drive, run: run)
            try wire.send(guest.begin())
            crowd[wire.descriptor] = (guest, wire)
        }
        var carried: [SagaTimes] = []
        var busy = clients
        while busy > 0 {
            let ready = poller.wait(milliseconds: 60_000)
            guard !ready.isEmpty else { throw BenchFailure("no answer for a minute; \(busy) clients wait") }
            for socket in ready {
                guard var (guest, wire) = crowd.removeValue(forKey: socket) else { continue }
                defer { crowd[socket] = (guest, wire) }
                guard wire.fill() else { throw BenchFailure("the daemon has closed a connection") }
                guard let (line, body) = try wire.next() else { continue }
                switch try guest.answered(line, body) {
                case .send(let request): try wire.send(request)
                case .done(let times):
                    carried.append(times)
                    if times.ended < end { try wire.send(guest.begin()) } else { busy -= 1 }
                }
            }
        }
        return carried
    }
}
