import CEL
import ControlAPI
import ControlClient
import Foundation
import TestPrograms
import Testing

/// Bad input to a daemon that runs gets a clear error, and loses nothing that was accepted.
@Suite(.serialized, .timeLimit(.minutes(30))) struct BadInputTests {
    private static let input =
        #"{"name":"Ann","cardNo":"4111111111111111","room":"8","checkIn":"2027-03-01","nights":2,"amount":100}"#
    private static let absent = "01a2d0b1-2500-7000-8000-000000000001"

    @Test func `a start that is none is told what is wrong with it`() async throws {
        let hotel = try await Hotel()
        let id = try await hotel.reserve()
        #expect(
            try await hotel.yogictl("start", "reservation", "--input", #"{"name":"#)
                == Run(
                    status: 2,
                    errors: "yogictl: --input is no JSON (line 1, column 9: the text ends where a value is expected). "
                        + "Put the JSON in single quotes for the shell, or give it as --input @FILE, or as --input - on "
                        + "stdin\n"))
        let wrong = Self.input.replacing(#""Ann""#, with: "5").replacing(
            #""4111111111111111""#, with: "4111111111111111"
        )
        .replacing("2027-03-01", with: "soon").replacing(
            #""nights":2,"amount":100"#, with: #""nights":0,"amount":1.5,"x":1"#)
        #expect(
            try await hotel.yogictl("start", "reservation", "--input", wrong)
                == Run(
                    status: 1,
                    errors: """
                        yogictl: Invalid input (6 faults). Correct the input:
                          /name: must be a string, is a whole number
                          /cardNo: must be a string, is a whole number
                          /checkIn: must be a date as 2026-12-31
                          /nights: must be 1 or more, is 0
                          /amount: must be an integer, is a number with a fraction
                          /x: is not known

                        """))
        #expect(
            try await hotel.yogictl("start", "reservatoin", "--input", Self.input)
                == Run(
                    status: 3,
                    errors: "yogictl: No such workflow (there is no workflow 'reservatoin'; known: reservation)\n"))
        #expect(
            try await hotel.yogictl("start", "reservation", "--input", Self.input, "--wait", "nowhere")
                == Run(
                    status: 2,
                    errors: "yogictl: Bad request ('wait' is 'nowhere'; it must be 'settled', 'ended' or a state of "
                        + "'reservation' 1: Ordered, Paying, Reserved, Confirmed, Cancelled)\n"))
        let large = hotel.folder.file("large.json")
        try Data(#"{"name":"\#(String(repeating: "x", count: 1_100_000))"}"#.utf8).write(
            to: URL(fileURLWithPath: large))
        #expect(
            try await hotel.yogictl("start", "reservation", "--input", "@\(large)")
                == Run(status: 1, errors: "yogictl: Body too large (a request body may have 1048576 bytes at most)\n"))
        try await Self.expectUnharmed(hotel, id)
    }

    @Test func `an id that names no saga, or two, is told so`() async throws {
        let hotel = try await Hotel()
        let id = try await hotel.reserve()
        for command in [["show"], ["history"], ["watch"], ["cancel"], ["signal", "confirm"]] {
            let after = command.dropFirst()
            let words = [command[0], Self.absent] + after
            let run = try await Programs.run("yogictl", words, environment: ["YOGIYOGI_SOCKET": hotel.socket])
            #expect(run.status == 3, "\(words)")
            #expect(
                run.errors
                    == "yogictl: No such saga (there is no saga '\(Self.absent)'). 'yogictl list' shows the ids\n")
        }
        #expect(
            try await hotel.yogictl("show", "nonsense")
                == Run(
                    status: 2,
                    errors: "yogictl: Bad id ('nonsense' is no saga id, nor the first 8 digits or more of one, nor a "
                        + "workflow's name and a serial, as in reservation:17). 'yogictl list' shows the ids\n"))
        // Eight digits of an id are those of 65 seconds: of a few sagas in a row two share them.
        var ids = [id]
        repeat {
            ids.append(try await hotel.reserve(room: 7 + ids.count))
        } while ids[ids.count - 1].prefix(8) != ids[ids.count - 2].prefix(8)
        let prefix = String(ids[ids.count - 1].prefix(8))
        let matches = ids.count { $0.hasPrefix(prefix) }
        #expect(
            try await hotel.yogictl("cancel", prefix)
                == Run(
                    status: 1,
                    errors: "yogictl: Ambiguous id ('\(prefix)' begins the ids of \(matches) sagas; give more digits)\n"
                ))
        for id in ids {
            let ended = try await hotel.confirm(id)
            #expect(ended.status == "succeeded")
        }
    }

    @Test func `a signal that the state does not take, and a cancel too late, are refused`() async throws {
        let hotel = try await Hotel()
        let id = try await hotel.reserve()
        #expect(
            try await hotel.yogictl("signal", id, "nonsense")
                == Run(
                    status: 1,
                    errors:
                        "yogictl: Signal refused (state 'Reserved' does not take signal 'nonsense'; the saga is waiting). "
                        + "It takes now: confirm, reject\n"))
        #expect(
            try await hotel.yogictl("signal", id, "confirm", "--data", "{")
                == Run(
                    status: 2,
                    errors:
                        "yogictl: --data is no JSON (line 1, column 2: the text ends where a key in double quotes is "
                        + "expected). Put the JSON in single quotes for the shell, or give it as --data @FILE, or as "
                        + "--data - on stdin\n"))
        try await Self.expectUnharmed(hotel, id)
        #expect(
            try await hotel.yogictl("signal", id, "confirm")
                == Run(
                    status: 1,
                    errors: "yogictl: Signal refused (the saga has ended (succeeded) in 'Confirmed'). "
                        + "It takes no signal now\n"))
        #expect(
            try await hotel.yogictl("cancel", id)
                == Run(
                    status: 1,
                    errors:
                        "yogictl: Too late to cancel (saga \(id) cannot be cancelled any more: state 'Confirmed' made it "
                        + "so; the saga is succeeded). 'yogictl show' tells more\n"))
    }

    @Test func `an unknown flag, option or command is usage`() async throws {
        let hotel = try await Hotel()
        for (words, line) in [
            (["list", "--nonsense"], "yogictl: Unknown option '--nonsense'"),
            (["nonsense"], "yogictl: Unexpected argument 'nonsense'"),
            (["signal", Self.absent], "yogictl: Missing expected argument '<name>'"),
            (
                ["start", "reservation", "--wait", "ended", "--timeout", "3"],
                "yogictl: --timeout '3' is no duration. Give one such as 500ms, 30s or 1m30s."
            ),
        ] {
            let run = try await Programs.run("yogictl", words, environment: ["YOGIYOGI_SOCKET": hotel.socket])
            #expect(run.status == 2, "\(words)")
            #expect(run.output == "")
            #expect(run.errors.split(separator: "\n").first.map(String.init) == line)
        }
        #expect(try await hotel.sagas().isEmpty)
    }

    @Test func `clients that hang up anywhere leave nothing open, and nothing half done`() async throws {
        let hotel = try await Hotel()
        let id = try await hotel.reserve()
        _ = try await hotel.sagas()
        let before = try Self.sockets(of: hotel.daemon.pid)
        let body = #"{"workflow":"reservation","input":\#(Self.input)}"#
        let whole = "POST /v1/sagas HTTP/1.1\r\nHost: x\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
        for length in stride(from: 1, to: whole.utf8.count, by: 9) {
            let socket = try RawSocket(hotel.socket)
            try await socket.send(Array(whole.utf8.prefix(length)))
            socket.hangUp()
        }
        for request in ["GET /v1/sagas/\(id)?wait=ended&timeout=4m", "GET /v1/sagas/\(id)/history?follow"] {
            for _ in 1...10 {
                let socket = try RawSocket(hotel.socket)
                try await socket.send("\(request) HTTP/1.1\r\nHost: x\r\n\r\n")
                socket.hangUp()
            }
        }
        // Looking leaves a connection of its own for a moment: it is counted in both.
        while try Self.sockets(of: hotel.daemon.pid) > before { _ = try await hotel.sagas() }
        #expect(try await hotel.sagas() == [id])
        try await Self.expectUnharmed(hotel, id)
    }

    @Test func `a followed history ends whole when the daemon is told to stop`() async throws {
        let hotel = try await Hotel()
        let id = try await hotel.reserve()
        let socket = try RawSocket(hotel.socket)
        try await socket.send("GET /v1/sagas/\(id)/history?follow HTTP/1.1\r\nHost: x\r\n\r\n")
        _ = try await socket.read(through: "\r\n\r\n")
        var text = try await socket.chunk() ?? ""
        #expect(await hotel.daemon.terminate() == 0)
        while let chunk = try await socket.chunk() { text += chunk }
        #expect(text.split(separator: "\n").allSatisfy { $0.hasPrefix(#"{"number":"#) && $0.hasSuffix("}") })
        try await hotel.daemon.start()
        try await Self.expectUnharmed(hotel, id)
    }

    /// The saga that was there before ends well, and no other came to be.
    private static func expectUnharmed(_ hotel: Hotel, _ id: String) async throws {
        #expect(try await hotel.sagas() == [id])
        let saga = try await hotel.confirm(id)
        #expect(saga.state == "Confirmed" && saga.status == "succeeded")
        #expect(try await hotel.ask("p.sock", "/ledger")["balance"] == .int(100))
        #expect(!hotel.daemon.log.contains("4111111111111111"))
    }

    private static func sockets(of pid: Int32) throws -> Int {
        let folder = "/proc/\(pid)/fd"
        return try FileManager.default.contentsOfDirectory(atPath: folder).count { name in
            // A descriptor may be closed meanwhile.
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\(name)"))?.hasPrefix("socket:")
                ?? false
        }
    }
}
