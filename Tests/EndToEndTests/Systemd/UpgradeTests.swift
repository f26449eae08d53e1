import ControlAPI
import ControlClient
import Foundation
import TestPrograms
import Testing

/// `apt install` of a newer package in the middle of the day.
@Suite(.systemd, .serialized, .timeLimit(.minutes(60)))
struct UpgradeTests {
    /// A machine with an older package as `/older.deb` beside the one that was built.
    private static func lab(_ folder: TemporaryFolder) async throws -> Lab {
        let package = try await Package.tested()
        var lab = try package.lab()
        lab.show(try await package.older("0.0.1", in: folder), at: "/older.deb")
        return lab
    }

    private static let installOlder = "dpkg -i /older.deb >/dev/null 2>&1\n"

    @Test func `an upgrade under load refuses, resets and loses nothing`() async throws {
        let folder = try TemporaryFolder()
        let place = try TemporaryFolder()
        var lab = try await Self.lab(folder)
        lab.share(place.path)
        let (said, told) = (try Fifo(place.file("said")), try Fifo(place.file("told")))
        let script = """
            install -d /etc/systemd/system/yogiyogid.socket.d
            printf '[Socket]\\nListenStream=\\nListenStream=\(place.file("y.sock"))\\nSymlinks=/run/yogiyogi.sock\\nSocketMode=0666\\n' \\
                >/etc/systemd/system/yogiyogid.socket.d/50-test.conf
            systemctl enable --now yogiyogi.target 2>/dev/null
            # So that the upgrade restarts them all.
            systemctl start yogi-payment@main.service yogi-reservation.service
            units="yogiyogid yogi-payment@main yogi-reservation"
            before=$(for unit in $units; do mainpid $unit; done)
            sockets=$(systemctl show -P ActiveEnterTimestampMonotonic yogiyogid.socket)
            echo up >\(said.path)
            read -r _ <\(told.path)
            apt-get install -y -qq /package.deb >/dev/null 2>&1
            read -r _ <\(told.path)
            dpkg-query -W -f '${Version}\\n' yogiyogi
            for unit in $units; do pid=$(mainpid $unit); ! grep -qx $pid <<<"$before" || echo "$unit was not restarted"; done
            [ "$sockets" = "$(systemctl show -P ActiveEnterTimestampMonotonic yogiyogid.socket)" ] || echo "the socket was made again"
            """
        let ended = Flag()
        async let running = { () async throws -> LabRun in
            defer { ended.raise() }
            return try await lab.run(Self.installOlder + script)
        }()
        #expect(await said.line { ended.isUp } == "up")
        let crowd = Crowd(place.file("y.sock"))
        await crowd.until { $0.answered >= 300 || ended.isUp }
        told.send("upgrade")
        await crowd.until { $0.pids.count >= 2 || ended.isUp }
        let before = crowd.now.answered
        await crowd.until { $0.answered >= before + 300 || ended.isUp }
        let tally = await crowd.end()
        #expect(tally.refused == [] && tally.lost == [] && tally.odd == [])
        #expect(tally.pids.count == 2)
        #expect(tally.sagas.count > 50)
        #expect(Set(tally.again.keys).isSubset(of: ["urn:yogiyogi:problem:stopping"]), "\(tally.again)")
        try await ControlClient.with(socketPath: place.file("y.sock"), timeout: HangLimit.milliseconds) { client in
            for id in Set(tally.sagas) {
                let saga = try await client.show(id, wait: Wait("Reserved", milliseconds: HangLimit.milliseconds))
                #expect(saga.state == "Reserved", "\(saga)")
            }
        }
        told.send("checked")
        let run = try await running
        run.expectSuccess()
        let version = try await Package.tested().version()
        #expect(run.output == "\(version)\n")
    }
}
