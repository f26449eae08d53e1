import TestPrograms
import Testing

/// `READY=1` means that a request is answered.
@Suite(.timeLimit(.minutes(30))) struct ReadyTests {
    @Test func `a request that is sent the instant it says ready is answered, and work is taken`() async throws {
        let hotel = try await Hotel()
        for turn in 1...5 {
            #expect(await hotel.daemon.terminate() == 0)
            // Comes back with READY=1 and no later.
            try await hotel.daemon.start()
            let client = KeptClient(hotel.socket)
            guard case .answered(200, let health) = client.ask("GET", "/v1/health") else {
                Issue.record("not answered after start \(turn)")
                return
            }
            #expect(health.hasPrefix(#"{"healthy":true"#))
            let body =
                #"{"workflow":"reservation","input":{"name":"Ann","cardNo":"4111111111111111","room":"r\#(turn)","#
                + #""checkIn":"2027-03-01","nights":2,"amount":100}}"#
            guard case .answered(201, _) = client.ask("POST", "/v1/sagas", body: body) else {
                Issue.record("not accepted after start \(turn)")
                return
            }
        }
        #expect(try await hotel.sagas().count == 5)
    }
}
