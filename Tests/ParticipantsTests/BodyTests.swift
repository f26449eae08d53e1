import CEL
import SagaCore
import Testing

@testable import Participants

extension TransportTests {
    /// What comes in a coding that nobody asked for.
    @Suite("A body in a coding", .timeLimit(.minutes(30)))
    struct BodyTests {
        /// `{"a":1}`, by `gzip -n` and by zlib.
        static let gzip: [UInt8] = [
            31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 171, 86, 74, 84, 178, 50, 172, 5, 0, 175, 172, 27, 86, 7, 0, 0, 0,
        ]
        static let deflate: [UInt8] = [120, 156, 171, 86, 74, 84, 178, 50, 172, 5, 0, 8, 42, 2, 9]

        private func answer(_ coding: String, _ body: [UInt8], status: String = "200 OK") async throws -> Outcome {
            let server = try RawServer { connection in
                guard connection.readRequest() != nil else { return }
                connection.send(
                    "HTTP/1.1 \(status)\r\nContent-Encoding: \(coding)\r\nContent-Length: \(body.count)\r\n\r\n")
                connection.send(body)
            }
            let outcome = try await carry(to: server.address)
            await server.stop()
            return outcome
        }

        @Test func `gzip and deflate are decoded`() async throws {
            let done = Outcome.succeeded(result: Document(bytes: Array(#"{"a":1}"#.utf8)))
            #expect(try await answer("gzip", Self.gzip) == done)
            #expect(try await answer("GZIP", Self.gzip) == done)
            #expect(try await answer("deflate", Self.deflate) == done)
        }

        @Test func `a body that is not there is in no coding`() async throws {
            #expect(try await answer("gzip", []) == .succeeded(result: nil))
            #expect(try await answer("gzip", [], status: "204 No Content") == .succeeded(result: nil))
            #expect(
                try await answer("gzip", [], status: "404 Not Found")
                    == .refused(code: "404", message: "Not Found", by: .stranger))
        }

        @Test func `what breaks its coding is unknown`() async throws {
            for bytes in [Array("plain".utf8), Self.gzip.dropLast(9) + [], Self.gzip + [1]] {
                let outcome = try await answer("gzip", bytes)
                #expect(outcome.name == "unknown")
                #expect(
                    outcome.message.hasPrefix(
                        "the body of the answer, in the coding 'gzip', cannot be decoded to 1048576 bytes at most: "),
                    "\(outcome)")
            }
        }

        @Test func `what grows beyond all bounds is unknown, and is not read to its end`() async throws {
            let outcome = try await answer("gzip", Self.bomb)
            #expect(outcome.name == "unknown")
            #expect(outcome.message.contains("1048576 bytes"), "\(outcome)")
        }

        @Test(arguments: ["br", "zstd", "x-gzip"])
        func `another coding is unknown, with its name`(coding: String) async throws {
            #expect(
                try await answer(coding, Self.gzip)
                    == .unknown(
                        message:
                            "answered 200 OK with a body in the coding '\(coding)', which was not asked for and is not read"
                    ))
        }

        /// The beginning of what `head -c 16M /dev/zero | gzip -9n` gives: a block of copies, whose codes are zeros. It stands for 4 MiB.
        private static let bomb: [UInt8] =
            [
                0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 2, 3, 0xEC, 0xC1, 1, 1, 0, 0, 0, 0x80, 0x90, 0xFE, 0xAF, 0xEE, 8, 0x0A,
            ] + [UInt8](repeating: 0, count: 4_094)
    }
}
