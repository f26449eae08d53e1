import SagaCore
import Testing

@testable import Participants

/// RFC 3986, section 5, and who may be asked.
struct LocationTests {
    private static let tcp = "http://hotel.example:8080/api"

    @Test(arguments: [
        ("/bookings/1", "/bookings/1"), ("bookings/1", "/api/v1/bookings/1"), ("./1", "/api/v1/1"), ("../1", "/api/1"),
        ("../../../1", "/1"), ("?id=1", "/api/v1/book?id=1"), ("", "/api/v1/book"), ("#part", "/api/v1/book"),
        ("/a?x=1#part", "/a?x=1"), ("/a/./b/../c", "/a/c"), ("/a/b/..", "/a/"), ("/a/.", "/a/"), ("/..", "/"),
        ("/a/%2E%2e/b", "/b"), ("//hotel.example:8080/a", "/a"), ("http://hotel.example:8080/a?b", "/a?b"),
        ("HTTP://HOTEL.example:8080", "/"), ("http://hotel.example:8080?b", "/?b"), ("/a b", "/a%20b"),
        ("/ü", "/%C3%BC"), ("/a%zz%41", "/a%25zz%41"), ("/a[1]|2", "/a%5B1%5D%7C2"), ("/?a/../b", "/?a/../b"),
        ("/a//b", "/a//b"), ("/a\\..\\b", "/a%5C..%5Cb"),
    ])
    func `a reference is resolved against the call that it answers`(reference: String, target: String) throws {
        let address = try ParticipantAddress(parsing: Self.tcp)
        #expect(Location.target(reference, base: "/api/v1/book", at: address) == target)
    }

    @Test(arguments: [
        "http://evil.example/a", "//evil.example/a", "https://hotel.example:8080/a", "http://hotel.example/a",
        "http://hotel.example:80801/a", "http://hotel.example:8080@evil.example/a", "http://x@hotel.example:8080/a",
        "http:/a", "http:a", "file:///etc/passwd", "urn:booking:1", "javascript:1", "//", "///a",
        "http://hotel.example:8080.evil.example/a", "http://hotel.example:8080\\@evil.example/a",
        "http+unix://hotel.example:8080/a", "http://169.254.169.254/latest",
    ])
    func `a reference to somebody else leads nowhere`(reference: String) throws {
        let address = try ParticipantAddress(parsing: Self.tcp)
        #expect(Location.target(reference, base: "/api/v1/book", at: address) == nil)
    }

    @Test func `the port that a scheme has may be left out`() throws {
        let plain = try ParticipantAddress(parsing: "http://hotel.example")
        for authority in ["hotel.example", "hotel.example:80", "hotel.example:"] {
            #expect(Location.target("http://\(authority)/a", base: "/x", at: plain) == "/a")
        }
        let secure = try ParticipantAddress(parsing: "https://[::1]:443")
        #expect(Location.target("https://[::1]/a", base: "/x", at: secure) == "/a")
        #expect(Location.target("http://[::1]:443/a", base: "/x", at: secure) == nil)
    }

    @Test func `behind a Unix socket the host is as the request has named it`() throws {
        let address = try ParticipantAddress(parsing: "unix:/run/hotel.sock")
        #expect(Location.target("http://localhost/a", base: "/book", at: address) == "/a")
        #expect(Location.target("//localhost/a", base: "/book", at: address) == "/a")
        #expect(Location.target("a", base: "/book", at: address) == "/a")
        #expect(Location.target("http://localhost:8080/a", base: "/book", at: address) == nil)
        #expect(Location.target("http://evil.example/a", base: "/book", at: address) == nil)
    }
}
