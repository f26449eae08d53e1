import CEL
import Crypto
import Foundation

/// Somebody who signs tokens, with a key of P-256.
struct Issuer: Sendable {
    private let key = P256.Signing.PrivateKey()

    /// What the gateway is told of it.
    static let rules: Value = [
        "jwks": "/keys", "issuer": "https://id.example", "audience": "yogiyogi", "roles": "roles",
        "map": ["desk": "signaller"],
    ]

    /// The set of its public key (RFC 7517).
    var keys: String {
        let point = key.publicKey.rawRepresentation
        let (x, y) = (Self.text(point.prefix(32)), Self.text(point.suffix(32)))
        return #"{"keys":[{"kty":"EC","crv":"P-256","alg":"ES256","use":"sig","kid":"one","x":"\#(x)","y":"\#(y)"}]}"#
    }

    /// Of somebody at the desk, until 2096.
    func token() throws -> String {
        let head = Self.text(Data(#"{"alg":"ES256","typ":"JWT","kid":"one"}"#.utf8))
        let claims =
            #"{"iss":"https://id.example","aud":"yogiyogi","sub":"kim","roles":["desk"],"exp":4000000000}"#
        let signed = head + "." + Self.text(Data(claims.utf8))
        return signed + "." + Self.text(try key.signature(for: Data(signed.utf8)).rawRepresentation)
    }

    private static func text(_ data: Data) -> String {
        data.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}
