import Basics
import Foundation
import Testing

struct Base64URLTests {
    @Test func `bytes come back, and there is one text for them`() {
        for count in 0..<70 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 151 &+ count) }
            let text = Base64URL.text(bytes)
            let plain = Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing(
                "=", with: "")
            #expect(text == plain && Base64URL.bytes(text) == bytes)
        }
        for text in ["A", "AB", "AAB", "AA==", "A A", "AA\n", "+/+/", "é", "AAAAA", "AAA="] {
            #expect(Base64URL.bytes(text) == nil, "\(text)")
        }
        #expect(Base64URL.bytes("AA") == [0] && Base64URL.bytes("AAA") == [0, 0])
    }
}
