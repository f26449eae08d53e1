import Foundation
import TestPrograms
import Testing

/// `GET /metrics` of a running daemon, as Prometheus' own tool reads it.
@Suite(.timeLimit(.minutes(30))) struct MetricsTests {
    /// Ann's saga waits, and the payment service is down for Bob's.
    private func play(_ hotel: Hotel) async throws {
        func order(_ name: String, _ room: String, _ more: [String] = []) async throws {
            let input =
                #"{"name":"\#(name)","cardNo":"4111111111111111","room":"\#(room)","checkIn":"2027-03-01","nights":2,"amount":100}"#
            let run = try await Programs.run(
                "yogictl", ["--socket", hotel.socket, "start", "reservation", "--input", input] + more)
            #expect(run.status == 0, "\(run.errors)")
        }
        try await order("Ann", "1", ["--wait", "Reserved"])
        await hotel.payment.kill()
        try await order("Bob", "2", ["--wait", "Paying"])
    }

    @Test func `promtool finds nothing wrong with what a daemon serves, and yogictl prints it as it is`() async throws {
        let hotel = try await Hotel()
        try await play(hotel)
        let page = try await Programs.run("yogictl", ["--socket", hotel.socket, "metrics"])
        #expect(page.status == 0, "\(page.errors)")
        for line in [
            #"yogiyogi_sagas_started_total{workflow="reservation"} 2"#,
            #"yogiyogi_sagas{workflow="reservation",status="waiting"} 1"#,
            #"yogiyogi_attempts_total{participant="reservation",operation="hold"} 2"#,
        ] { #expect(page.output.contains(line + "\n"), "\(line)") }
        let file = hotel.folder.file("metrics.txt")
        try page.output.write(toFile: file, atomically: true, encoding: .utf8)
        let check = try await Promtool.run(["check", "metrics"], input: file)
        #expect(check.status == 0, "\(check)")
        #expect(check.output + check.errors == "")
    }

    @Test func `promtool does find what is wrong`() async throws {
        let folder = try TemporaryFolder()
        let file = folder.file("metrics.txt")
        try "# TYPE a counter\na 1\n".write(toFile: file, atomically: true, encoding: .utf8)
        let check = try await Promtool.run(["check", "metrics"], input: file)
        #expect(check.status != 0)
        #expect((check.output + check.errors).contains("counter metrics should have \"_total\" suffix"))
    }
}
