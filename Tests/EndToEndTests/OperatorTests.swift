import CEL
import ControlAPI
import Foundation
import TestPrograms
import Testing

/// An operator finds what is stuck and helps it by the command that is printed, on the built programs.
@Suite(.serialized, .timeLimit(.minutes(30))) struct OperatorTests {
    @Test func `a saga stuck by a refused compensation is found, retried by the printed command, and ends`()
        async throws
    {
        let hotel = try await Hotel()
        let id = try await hotel.reserve()
        // A wrong path in the configuration, where nothing is: no word of the payment service, until the configuration names it for one.
        let path = hotel.folder.file("yogiyogid.yaml")
        let right = try String(contentsOfFile: path, encoding: .utf8)
        let wrong = right.replacingOccurrences(
            of: "  reservation:\n",
            with: """
                    operations: { refund: { path: /refunds } }
                    answers: [{ when: status == 404, operation: refund, means: refused }]
                  reservation:

                """)
        try #require(wrong != right)
        try wrong.write(toFile: path, atomically: true, encoding: .utf8)
        #expect(await hotel.daemon.terminate() == 0)
        try await hotel.daemon.start()
        let cancel = try await hotel.yogictl("cancel", id, "--wait", "settled")
        #expect(cancel.output == "accepted: stuck in Reserved\n", "\(cancel)")

        let list = try await hotel.yogictl("list", "--status", "stuck")
        let lines = list.output.split(separator: "\n")
        try #require(lines.count == 5, "\(list)")
        #expect(lines[1].hasPrefix(id.prefix(8)) && lines[1].contains("  reservation  Reserved  stuck"))
        #expect(lines[2].hasPrefix("  is stuck   compensation-refused: payment.refund was refused with '"))
        #expect(lines[3].hasPrefix("  waits for  payment.refund to become possible, or payment.charge (step "))
        #expect(lines[4] == "  helps      yogictl retry \(id) --reason …")
        let effects = try await hotel.yogictl("effects", "--participant", "payment")
        #expect(effects.output.contains("undoing, by payment.refund"))

        try right.write(toFile: path, atomically: true, encoding: .utf8)
        #expect(await hotel.daemon.terminate() == 0)
        try await hotel.daemon.start()
        let command = lines[4].dropFirst("  helps      yogictl ".count).split(separator: " ").map(String.init)
            .map { $0 == "…" ? "the path is right now" : $0 }
        let dry = try await Programs.run(
            "yogictl", command + ["--dry-run"], environment: ["YOGIYOGI_SOCKET": hotel.socket])
        #expect(dry.output.hasPrefix("would be: compensating in Reserved\n"), "\(dry)")
        let retried = try await Programs.run(
            "yogictl", command + ["--wait", "ended"], environment: ["YOGIYOGI_SOCKET": hotel.socket])
        #expect(retried.output == "done: cancelled in Cancelled\n", "\(retried)")
        let history = try await hotel.yogictl("history", id)
        #expect(history.output.contains("retry (the path is right now), by uid="))
        #expect(try await hotel.yogictl("effects") == Run(status: 0, output: "no outstanding effects\n"))
        let ledger = JSON.string(try await hotel.ask("p.sock", "/ledger"))
        #expect(ledger.contains("refund"), "\(ledger)")
    }
}
