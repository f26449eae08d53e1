import Listener
import Testing

struct ListenAddressTests {
    @Test(arguments: [
        ("/run/x.sock", ListenAddress.unix(path: "/run/x.sock", mode: 0o660)),
        ("unix:/run/x.sock", .unix(path: "/run/x.sock", mode: 0o660)),
        ("unix:x.sock", .unix(path: "x.sock", mode: 0o660)),
        ("fd:3", .descriptor(3)),
        ("127.0.0.1:8082", .tcp(host: "127.0.0.1", port: 8082)),
        ("http://127.0.0.1:8082/", .tcp(host: "127.0.0.1", port: 8082)),
        ("[::1]:0", .tcp(host: "::1", port: 0)),
    ])
    func `an address is read`(text: String, address: ListenAddress) throws {
        #expect(ListenAddress(parsing: text) == address)
        #expect(ListenAddress(parsing: address.description) == address)
    }

    @Test(arguments: [
        "", "x.sock", "unix:", "fd:", "fd:-1", "fd:x", "localhost", "localhost:", "localhost:65536", "::1:80", ":80",
        "http://a:80/path", "[]:80",
    ])
    func `what is no address is refused`(text: String) {
        #expect(ListenAddress(parsing: text) == nil)
    }
}
