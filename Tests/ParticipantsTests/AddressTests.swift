import SagaCore
import SagaEngine
import Testing

@testable import Participants

@Suite("Addresses and configuration")
struct AddressTests {
    @Test(arguments: [
        ("http://127.0.0.1:8082", "127.0.0.1:8082"),
        ("http://Payment.Example", "payment.example"),
        ("https://payment.example/api/v1/", "payment.example"),
        ("https://payment.example:8443", "payment.example:8443"),
        ("http://[::1]:8082/x", "[::1]:8082"),
        ("unix:/run/yogi-payment.sock", "localhost"),
        ("unix:/run/a b:c.sock:/api", "localhost"),
    ])
    func `an address gives what the host is called`(text: String, host: String) throws {
        let address = try ParticipantAddress(parsing: text)
        #expect(address.authority == host)
        #expect(try ParticipantAddress(parsing: address.description) == address)
    }

    @Test(arguments: [
        ("", "it must begin with http://, https:// or unix:/"),
        ("ftp://a", "it must begin with http://, https:// or unix:/"),
        ("127.0.0.1:8082", "it must begin with http://, https:// or unix:/"),
        ("http://", "the host must be a name or an address, as in http://127.0.0.1:8082"),
        ("http://a b:1", "the host must be a name or an address, as in http://127.0.0.1:8082"),
        ("http://::1:80", "the host must be a name or an address, as in http://127.0.0.1:8082"),
        ("http://[a]:80", "the brackets must hold an IPv6 address, as in http://[::1]:8082"),
        ("http://a:0", "the port must be a number from 1 to 65535"),
        ("http://a:65536", "the port must be a number from 1 to 65535"),
        ("http://a:", "the port must be a number from 1 to 65535"),
        ("http://a:b", "the port must be a number from 1 to 65535"),
        (
            "http://a:80/x?y=1",
            "'/x?y=1' is no path; a query, a fragment and unescaped characters are not allowed"
        ),
        ("http://a:80/%2", "'/%2' is no path; a query, a fragment and unescaped characters are not allowed"),
        ("unix:run/a.sock", "the path of the socket must be absolute, as in unix:/run/payment.sock"),
        ("unix:", "the path of the socket must be absolute, as in unix:/run/payment.sock"),
        (
            "unix:/run/a.sock:/a b",
            "'/a b' is no path; a query, a fragment and unescaped characters are not allowed"
        ),
    ])
    func `an address that cannot be used says why`(text: String, reason: String) throws {
        let error = try #require(throws: ParticipantConfigurationError.self) { try ParticipantAddress(parsing: text) }
        #expect(error.code == "bad-address")
        #expect(error.message == "the address '\(text)' cannot be used: \(reason)")
    }

    @Test func `a password in an address is refused, and not repeated to the log`() throws {
        let error = try #require(throws: ParticipantConfigurationError.self) {
            try ParticipantAddress(parsing: "https://me:secret@a:80/secret")
        }
        #expect(
            error.message
                == "the address 'https://***@a:80' cannot be used: it must not hold a user or a password; secrets belong into "
                + "$CREDENTIALS_DIRECTORY")
    }

    @Test func `a socket path of 107 bytes is the longest`() throws {
        let path = "/" + String(repeating: "x", count: 106)
        #expect(try ParticipantAddress(parsing: "unix:\(path)").endpoint == .unix(path: path))
        let error = try #require(throws: ParticipantConfigurationError.self) {
            try ParticipantAddress(parsing: "unix:\(path)x")
        }
        #expect(error.message.hasSuffix("the path of the socket has 108 bytes; 107 are the most"))
    }

    @Test func `defaults are 64 calls at once and a breaker of 5 failures in 30 s for 10 s`() throws {
        let configuration = try ParticipantConfiguration(
            name: "payment", address: ParticipantAddress(parsing: "unix:/run/a.sock"))
        #expect(configuration.concurrency == 64)
        #expect(configuration.breaker == BreakerSettings(failures: 5, within: 30_000, cooldown: 10_000))
        #expect(PathTemplate(operation: "charge").text == "/charge")
        #expect(PathTemplate(operation: "a/b?c").text == "/a%2Fb%3Fc")
    }

    @Test func `a configuration out of its range says why`() throws {
        let address = try ParticipantAddress(parsing: "unix:/run/a.sock")
        #expect(
            throws: ParticipantConfigurationError(
                code: "bad-concurrency", message: "participant 'payment' has concurrency 0; it must be 1 to 10000")
        ) { try ParticipantConfiguration(name: "payment", address: address, concurrency: 0) }
        #expect(
            throws: ParticipantConfigurationError(
                code: "bad-path",
                message:
                    "the path 'charge' cannot be used: it must begin with a slash, as in /v1/charges/{orderId}, without "
                    + "query, fragment and unescaped characters")
        ) { try PathTemplate("charge") }
        #expect(BreakerSettings(failures: 0, within: 1, cooldown: 1) == nil)
        let twice = try ParticipantConfiguration(name: "payment", address: address)
        #expect(
            throws: ParticipantConfigurationError(
                code: "duplicate", message: "participant 'payment' is configured twice")
        ) { try HTTPTransport(participants: [twice, twice], logger: .quiet) }
    }

    @Test func `times on the wire are those that the core writes`() {
        for milliseconds in [0, 1, 951_782_399_999, 951_782_400_000, 1_795_521_600_610, 253_402_300_799_999] as [Int64]
        {
            let instant = Instant(milliseconds: milliseconds)
            #expect(WireText.rfc3339(instant) == instant.rfc3339)
        }
        #expect(WireText.rfc3339(Instant(milliseconds: .max)) == "9999-12-31T23:59:59.999Z")
        #expect(WireText.rfc3339(Instant(milliseconds: .min)) == "1970-01-01T00:00:00.000Z")
    }
}
