import Foundation
import Glibc
import NIOCore
import SagaCore
import SagaEngine
import Testing

@testable import Participants

extension TransportTests {
    /// A daemon without file descriptors: its own fault, and not its participants'.
    @Suite("A call without descriptors", .timeLimit(.minutes(30)))
    struct ShortageTests {
        static let words =
            "yogiyogid has no file descriptors left, so nothing was sent; close connections that are not used, or raise the "
            + "limit (LimitNOFILE= of the unit)"

        private static func limit(_ count: rlim_t) -> rlim_t {
            var limit = rlimit()
            getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            defer {
                limit.rlim_cur = count
                setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            }
            return limit.rlim_cur
        }

        @Test func `it is no attempt, names the daemon, opens no breaker, and is told once`() async {
            await #expect(processExitsWith: .success) {
                let server = try RawServer { connection in
                    while connection.readRequest() != nil { connection.answer("200 OK") }
                }
                let (descriptor, port) = try RawServer.listenTCP()
                let addresses = [
                    server.address, try ParticipantAddress(parsing: "http://127.0.0.1:\(port)"),
                    try ParticipantAddress(parsing: "http://localhost:\(port)"),
                    try ParticipantAddress(parsing: "https://localhost:\(port)"),
                ]
                for address in addresses {
                    let configuration = try ParticipantConfiguration(name: "payment", address: address)
                    let log = LogRecord()
                    try await withTransport([configuration], logger: log.logger) { transport in
                        let before = ShortageTests.limit(3)
                        for _ in 0..<3 {
                            #expect(
                                await transport.carry(.sample())
                                    == Carried(.held(message: ShortageTests.words, retryAfter: 1_000), .abandoned))
                        }
                        _ = ShortageTests.limit(before)
                        #expect(log.lines.count { $0.hasPrefix("error yogiyogid has too few file descriptors ") } == 1)
                        if address == server.address {
                            #expect(await transport.outcome(of: .sample()) == .succeeded(result: nil))
                        }
                    }
                }
                close(descriptor)
                await server.stop()
            }
        }

        @Test(arguments: [EMFILE, ENFILE]) func `only what came before the request is ours`(code: Int32) throws {
            let address = try ParticipantAddress(parsing: "unix:/tmp/x.sock")
            let error = IOError(errnoCode: code, reason: "socket")
            let before = SendFailure(error, isHeadSent: false, timeout: 1, address)
            #expect(before.isOurs && before.outcome == .held(message: Self.words, retryAfter: 1_000))
            let after = SendFailure(error, isHeadSent: true, timeout: 1, address)
            #expect(!after.isOurs && after.outcome.name == "unknown")
            let other = SendFailure(
                IOError(errnoCode: ECONNREFUSED, reason: "x"), isHeadSent: false, timeout: 1, address)
            #expect(!other.isOurs && other.outcome.name == "unreached")
        }
    }
}
