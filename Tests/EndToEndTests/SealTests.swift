import CEL
import ControlAPI
import ControlClient
import Foundation
import Glibc
import TestPrograms
import Testing

/// A card number is in no file, whatever happens to the saga that has it and to the daemon.
@Suite(.timeLimit(.minutes(30))) struct SealTests {
    /// No file of the daemon, of a participant or of their logs has any of the cards.
    private func expectSealed(_ hotel: Hotel, _ moment: Comment) throws {
        let bytes = try hotel.folder.bytes()
        for card in ["4111111111111111", "4000000000000002"] {
            #expect(bytes.range(of: Data(card.utf8)) == nil, moment)
        }
        // It looked where the sagas are.
        #expect(bytes.range(of: Data("Reserved".utf8)) != nil, moment)
    }

    private func input(card: String, room: Int) -> Value {
        guard case .map(var input) = Hotel.input(room: room) else { return .null }
        input["cardNo"] = .string(card)
        return .map(input)
    }

    @Test func `a card number is in no file in any state of a saga, with the daemon killed in each`() async throws {
        let hotel = try await Hotel()
        let first = try await hotel.reserve(room: 1)
        try expectSealed(hotel, "reserved")
        // In flight: the charge is made and not answered.
        hotel.payment.pause()
        let second = try await hotel.withClient {
            try await $0.start(
                "reservation", input: Hotel.input(room: 2), wait: Wait("Paying", milliseconds: HangLimit.milliseconds))
        }
        #expect(second.saga.state == "Paying")
        try expectSealed(hotel, "paying")
        await hotel.daemon.kill()
        try expectSealed(hotel, "killed while paying")
        try await hotel.daemon.start()
        hotel.payment.goOn()
        let reserved = try await hotel.withClient {
            try await $0.show(second.saga.id, wait: Wait("Reserved", milliseconds: HangLimit.milliseconds))
        }
        #expect(reserved.state == "Reserved")
        try expectSealed(hotel, "recovered")
        // Refused by the participant.
        let declined = try await hotel.withClient {
            try await $0.start(
                "reservation", input: input(card: "4000000000000002", room: 3),
                wait: Wait("ended", milliseconds: HangLimit.milliseconds))
        }
        #expect(declined.saga.status == "cancelled")
        await hotel.daemon.kill()
        try expectSealed(hotel, "declined")
        try await hotel.daemon.start()
        #expect(try await hotel.confirm(first).status == "succeeded")
        let cancelled = try await hotel.withClient {
            try await $0.cancel(second.saga.id, wait: Wait("ended", milliseconds: HangLimit.milliseconds)).saga
        }
        #expect(cancelled.status == "cancelled")
        try expectSealed(hotel, "ended")
        #expect(await hotel.daemon.terminate() == 0)
        try expectSealed(hotel, "stopped")
        try await hotel.daemon.start()
        let history = try await hotel.yogictl("history", second.saga.id)
        #expect(history.output.contains(#""cardNo":"***""#))
    }

    @Test func `keys are renewed while guests come, and the daemon is killed on the way`() async throws {
        let hotel = try await Hotel()
        var sagas: [String] = []
        for room in 1...20 { sagas.append(try await hotel.reserve(room: room)) }
        let before = try await hotel.withClient { try await $0.status().seal }
        let run = try await hotel.yogictl("rekey", "--reason", "a year has passed")
        #expect(run.status == 0)
        // A line on its way to the log would die with the daemon.
        #expect(await hotel.daemon.logs("store key changed"))
        await hotel.daemon.kill()
        try expectSealed(hotel, "killed on the way")
        try await hotel.daemon.start()
        for room in 21...25 { sagas.append(try await hotel.reserve(room: room)) }
        var seal = try await hotel.withClient { try await $0.status().seal }
        while seal?.progress != nil { seal = try await hotel.withClient { try await $0.status().seal } }
        #expect(seal?.dataKey == (before?.dataKey ?? 0) + 1)
        #expect(seal?.masterKey != before?.masterKey)
        for id in sagas { #expect(try await hotel.confirm(id).status == "succeeded") }
        try expectSealed(hotel, "renewed")
    }

    @Test func `without a credential a key file is made and told, and without it the daemon does not start`()
        async throws
    {
        let hotel = try await Hotel()
        let path = hotel.folder.file("state/sagas.db.key")
        let key = try #require(FileManager.default.contents(atPath: path))
        #expect(await hotel.daemon.logs("store key made"))
        #expect(await hotel.daemon.logs(path))
        #expect(!hotel.daemon.log.contains(String(decoding: key, as: UTF8.self).dropLast()))
        var found = stat()
        #expect(stat(path, &found) == 0 && found.st_mode & 0o777 == 0o600)
        let id = try await hotel.reserve()
        #expect(await hotel.daemon.terminate() == 0)
        try FileManager.default.removeItem(atPath: path)
        let store = FileManager.default.contents(atPath: hotel.folder.file("state/sagas.db"))
        let run = try await Hotel.refusal([
            "--config", hotel.folder.file("yogiyogid.yaml"), "--state-dir", hotel.folder.file("state"), "--socket",
            hotel.socket, "--workflows", Programs.root() + "/workflows/reservation.yaml",
        ])
        #expect(run.status == 65)
        #expect(run.errors.contains("and there is no key: give the right one as the credential 'store-key'"))
        #expect(run.errors.hasSuffix("the store was not touched\n"))
        #expect(FileManager.default.contents(atPath: hotel.folder.file("state/sagas.db")) == store)
        #expect(!FileManager.default.fileExists(atPath: path))
        _ = FileManager.default.createFile(atPath: path, contents: key, attributes: [.posixPermissions: 0o600])
        try await hotel.daemon.start()
        #expect(try await hotel.confirm(id).status == "succeeded")
    }
}
