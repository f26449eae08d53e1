import CEL
import Testing

@testable import ParticipantKit

@Suite struct FingerprintTests {
    /// A database outlives the program: a key kept by one version must be recognised by the next. Computed with sha256sum.
    @Test func `the fingerprint of a body is SHA-256 over salt, operation and canonical JSON`() throws {
        let body = try JSON.parse(#"{"cardNo":"4111","amount":7}"#)
        let hex = IdempotentStore.fingerprint(of: body, operation: "charge", salt: [1, 2, 3]).map { byte in
            String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }
        #expect(hex.joined() == "84b2ea3c65cd850fd835a8782b95c54821f7e3c1b67c96f7ee23adb7bec4b392")
    }

    @Test func `the order of members does not matter to the canonical form, the order of elements does`() throws {
        let one = try JSON.parse(#"{"b":[{"y":1,"x":2},3],"a":null}"#).canonical
        let same = try JSON.parse(#"{"a":null,"b":[{"x":2,"y":1},3]}"#).canonical
        let other = try JSON.parse(#"{"a":null,"b":[3,{"x":2,"y":1}]}"#).canonical
        #expect(JSON.string(one) == #"{"a":null,"b":[{"x":2,"y":1},3]}"#)
        #expect(one == same)
        #expect(one != other)
    }
}
