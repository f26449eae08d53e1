import Foundation
import Glibc
import SagaCore
import SagaEngine
import Testing

@testable import Participants

extension TransportTests {
    /// Rule 8: what provably never reached the participant.
    @Suite("A participant that cannot be reached", .timeLimit(.minutes(30)))
    struct UnreachedTests {
        @Test func `a refused connection is unreached`() async throws {
            let (descriptor, port) = try RawServer.listenTCP()
            close(descriptor)
            for host in ["127.0.0.1", "localhost"] {
                let address = try ParticipantAddress(parsing: "http://\(host):\(port)")
                let outcome = try await carry(to: address)
                #expect(outcome.name == "unreached", "\(outcome)")
                #expect(outcome.message.hasPrefix("cannot connect to http://\(host):\(port): "), "\(outcome)")
                #expect(outcome.message.contains("Connection refused"), "\(outcome)")
            }
        }

        @Test func `a host that is not known is unreached`() async throws {
            let outcome = try await carry(
                .sample(), to: ParticipantAddress(parsing: "http://no-such-host.invalid:8082"))
            #expect(outcome.name == "unreached", "\(outcome)")
            #expect(outcome.message.contains("http://no-such-host.invalid:8082"), "\(outcome)")
        }

        @Test func `a socket file that is missing is unreached`() async throws {
            let outcome = try await carry(to: ParticipantAddress(parsing: "unix:/tmp/no-such.sock"))
            #expect(
                outcome
                    == .unreached(message: "cannot connect to unix:/tmp/no-such.sock: No such file or directory"))
        }

        @Test func `a socket file that nobody reads is unreached`() async throws {
            let path = "/tmp/dead-\(UUID().uuidString).sock"
            close(try RawServer.listenUnix(path, backlog: 1))
            defer { unlink(path) }
            let outcome = try await carry(to: ParticipantAddress(parsing: "unix:\(path)"))
            #expect(
                outcome
                    == .unreached(message: "cannot connect to unix:\(path): Connection refused"))
        }

        @Test func `a socket whose queue is full is unreached`() async throws {
            let path = "/tmp/full-\(UUID().uuidString).sock"
            let listening = try RawServer.listenUnix(path, backlog: 0)
            let address = try ParticipantAddress(parsing: "unix:\(path)")
            let waiting = connectUntilFull(path)
            defer {
                for descriptor in waiting + [listening] { close(descriptor) }
                unlink(path)
            }
            let outcome = try await carry(to: address)
            #expect(
                outcome == .unreached(message: "cannot connect to \(address): Resource temporarily unavailable"))
        }

        @Test func `a deadline that ends before there is a connection is unreached`() async throws {
            // Nothing answers there: TEST-NET-1, RFC 5737. Where there is no route at all, the connection is refused at once.
            let outcome = try await carry(
                .sample(timeout: 200), to: ParticipantAddress(parsing: "http://192.0.2.1:8082"))
            #expect(outcome.name == "unreached", "\(outcome)")
            #expect(outcome.message.contains("http://192.0.2.1:8082"), "\(outcome)")
        }

        @Test func `a handshake that fails is unreached`() async throws {
            let server = try RawServer { connection in
                var byte: UInt8 = 0
                _ = recv(connection.descriptor, &byte, 1, 0)
                connection.send("HTTP/1.1 400 Bad Request\r\n\r\n")
            }
            let address = try ParticipantAddress(parsing: "https" + "\(server.address)".dropFirst(4))
            let outcome = try await carry(to: address)
            #expect(outcome.name == "unreached", "\(outcome)")
            #expect(outcome.message.hasPrefix("cannot connect to \(address): "), "\(outcome)")
            await server.stop()
        }

        @Test func `a handshake that stalls is unreached`() async throws {
            let server = try RawServer { $0.waitForClose() }
            let address = try ParticipantAddress(parsing: "https" + "\(server.address)".dropFirst(4))
            let outcome = try await carry(.sample(timeout: 300), to: address)
            #expect(outcome == .unreached(message: "no connection to \(address) within 300 ms"))
            await server.stop()
        }

        @Test func `a participant that is not configured is unreached and the known ones are named`() async throws {
            let address = try ParticipantAddress(parsing: "unix:/run/a.sock")
            let configured = try ["reservation", "payment"].map {
                try ParticipantConfiguration(name: $0, address: address)
            }
            try await withTransport(configured) { transport in
                #expect(
                    await transport.outcome(of: .sample("paymnet.charge"))
                        == .unreached(message: "participant 'paymnet' is not configured; known: payment, reservation"))
                #expect(transport.lane(of: "paymnet").concurrency == 64)
            }
            try await withTransport([]) { transport in
                #expect(
                    await transport.outcome(of: .sample())
                        == .unreached(message: "participant 'payment' is not configured; none is configured"))
            }
        }

        /// Connects without blocking until the kernel takes no more.
        private func connectUntilFull(_ path: String) -> [Int32] {
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
            var descriptors: [Int32] = []
            while true {
                let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
                descriptors.append(descriptor)
                let connected = withUnsafePointer(to: &address) { pointer in
                    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
                    }
                }
                guard connected == 0 else { return descriptors }
            }
        }
    }
}
