import Foundation
import Testing

@testable import Identity

/// Secrets are compared in one place, whose time tells nothing.
struct SecretTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Sources/Identity")

    private static func files() throws -> [String: String] {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".swift") }
        return try Dictionary(
            uniqueKeysWithValues: names.map { name in
                (name, try String(contentsOf: folder.appending(path: name), encoding: .utf8))
            })
    }

    /// By construction: hashes and codes are made in one file, of a type whose bytes are private and which has no `==`; so the compiler lets
    /// nobody compare them but `matches`.
    @Test func `hashes and codes are made in one file, and there is one way to compare them`() throws {
        let files = try Self.files()
        #expect(files.count > 20)
        let makers = [
            "SHA256.", "HMAC<", "authenticationCode", "isValidAuthenticationCode", "import Crypto", "SymmetricKey",
        ]
        for (name, text) in files where name != "SecretDigest.swift" {
            for maker in makers { #expect(!text.contains(maker), "\(name) has \(maker)") }
        }
        let home = try #require(files["SecretDigest.swift"])
        let type = try #require(
            home.components(separatedBy: "struct SecretDigest: Sendable {").last?.components(separatedBy: "\n}\n").first
        )
        #expect(home.contains("struct SecretDigest: Sendable {") && type.contains("private let bytes: [UInt8]"))
        for word in ["Equatable", "Hashable", "Comparable", "func =="] {
            #expect(!home.replacing("It is not `Equatable`", with: "").contains(word), "\(word)")
        }
        #expect(!files.values.contains { $0.contains("extension SecretDigest") })
        // The bytes leave it as text in three places, which write and do not compare.
        #expect(type.components(separatedBy: ": String {").count - 1 == 3)
        for (name, text) in files {
            for member in [".hexadecimal", ".text"]
            where text.contains("digest\(member) ==") || text.contains("== digest\(member)") {
                Issue.record("\(name) compares a digest by \(member)")
            }
        }
        #expect(type.contains("for index in bytes.indices { difference |= bytes[index] ^ other.bytes[index] }"))
    }

    /// The codes of `SigningKeys` are texts, made to be sent: what is shown comes back through `proves`.
    @Test func `a code that was made is never held against one that was shown`() throws {
        for (name, text) in try Self.files() where name != "SecretDigest.swift" {
            for line in text.split(separator: "\n")
            where line.contains(".code(") || line.contains("code(of:") || line.contains(".signed(") {
                #expect(!line.contains("==") && !line.contains("!=") && !line.contains("contains("), "\(name): \(line)")
            }
        }
    }

    @Test func `matching looks at every byte`() throws {
        let whole = SecretDigest(of: "a")
        for place in 0..<64 {
            var digits = Array(whole.hexadecimal.utf8)
            digits[place] = digits[place] == UInt8(ascii: "0") ? UInt8(ascii: "1") : UInt8(ascii: "0")
            let other = try #require(SecretDigest(hexadecimal: String(decoding: digits, as: UTF8.self)))
            #expect(!whole.matches(other) && !other.matches(whole))
        }
        #expect(whole.matches(try #require(SecretDigest(hexadecimal: whole.hexadecimal))))
        #expect(whole.matches(try #require(SecretDigest(shown: whole.text))))
        #expect(!whole.matches(try #require(SecretDigest(shown: String(whole.text.prefix(20))))))
    }
}
