import Foundation
import Glibc
import TestPrograms
import Testing

/// What the programs say when they cannot start.
@Suite struct CommandLineTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Runs the program to its end: its status and the first line that it wrote to standard error.
    static func run(_ name: String, _ arguments: [String]) async throws -> (status: Int32, line: String) {
        let run = try await Programs.run(name, arguments)
        return (run.status, run.errors.split(separator: "\n").first.map(String.init) ?? "")
    }

    @Test(arguments: [
        (["--latency", "5-x"], "'--latency <latency>': '5' in '5-x' has no unit: us, ms, s or m, as in 400ms"),
        (
            ["--latency", "5ms-x"],
            "'--latency <latency>': 'x' in '5ms-x' is no duration: write a number and a unit, as in 400ms"
        ),
        (
            ["--latency", "5ms-7h"],
            "'--latency <latency>': '7h' in '5ms-7h' has the unknown unit 'h': us, ms, s or m, as in 400ms"
        ),
        (["--latency", "9ms-5ms"], "'--latency <latency>': '9ms-5ms' is an empty range: 9ms is more than 5ms"),
        (["--latency", "1m-11m"], "'--latency <latency>': '11m' is too long: 10m at most"),
        (
            ["--fail-rate", "1.5"],
            "'--fail-rate <fail-rate>': '1.5' is no part of the whole: write a number from 0 to 1, as in 0.1"
        ),
        (
            ["--listen", "here"],
            "'--listen <listen>': 'here' is no address: write unix:/PATH or HOST:PORT, as in 127.0.0.1:8082"
        ),
    ])
    func `an option that cannot be read says what is wrong with it`(arguments: [String], reason: String) async throws {
        let (status, line) = try await Self.run("yogi-payment", arguments)
        #expect(status == 64)
        #expect(line == "Error: The value '\(arguments[1])' is invalid for \(reason)")
    }

    @Test func `--rooms must name rooms`() async throws {
        let (status, line) = try await Self.run("yogi-reservation", ["--rooms", "0"])
        #expect(status == 64)
        #expect(line == "Error: The value '0' is invalid for '--rooms <rooms>': '0' is no number of rooms: 1 or more")
    }

    @Test func `a file that is no database of this program is left alone and named`() async throws {
        let junk = folder.file("junk.db")
        let content = Data("this is not a database, whatever its name says".utf8)
        #expect(FileManager.default.createFile(atPath: junk, contents: content))
        let arguments = ["--listen", "unix:\(folder.file("s"))", "--database"]
        let first = try await Self.run("yogi-payment", arguments + [junk])
        #expect(first.status == 1)
        #expect(
            first.line == "Error: '\(junk)' is not an SQLite database: move it away or name another with --database")
        #expect(FileManager.default.contents(atPath: junk) == content)

        try await ServiceProcess.run("yogi-reservation", in: folder) { _ in }
        let other = folder.file("yogi-reservation.db")
        let second = try await Self.run("yogi-payment", arguments + [other])
        #expect(second.status == 1)
        #expect(
            second.line
                == "Error: '\(other)' belongs to yogi-reservation, not to yogi-payment: name another with --database")

        let third = try await Self.run("yogi-payment", arguments + ["/nowhere/payment.db"])
        #expect(third.status == 1)
        #expect(
            third.line == "Error: cannot open the database '/nowhere/payment.db': the folder '/nowhere' does not exist")
    }

    @Test func `a socket that is in use is left to its owner`() async throws {
        try await ServiceProcess.run("yogi-payment", in: folder) { service async throws in
            let second = try await Self.run(
                "yogi-payment", ["--listen", "unix:\(service.socket)", "--database", folder.file("second.db")])
            #expect(second.status == 1)
            #expect(second.line.hasPrefix("Error: the socket \(service.socket) is in use by another process"))
            #expect(try await service.get("/health").status == 200)
        }
    }

    @Test func `the database is in the state folder when nobody names it`() async throws {
        let (status, line) = try await Self.run("yogi-payment", ["--listen", "unix:\(folder.file("s"))"])
        #expect(status == 1)
        #expect(
            line == "Error: nobody says where the database is to be: name it with --database, or set STATE_DIRECTORY")
    }
}
