import ControlAPI
import ControlClient
import Foundation
import SagaCore
import TestPrograms
import Testing

/// What is secret in the input appears in no answer, history, view or error, however it has travelled.
@Suite(.timeLimit(.minutes(30))) struct SecretTests {
    /// Everything that the socket says of the sagas.
    private static func everything(_ desk: Desk, _ ids: [String]) async throws -> String {
        var texts: [String] = []
        for id in ids {
            texts.append(try await desk.ask("GET /v1/sagas/\(id)"))
            texts.append(try await desk.ask("GET /v1/sagas/\(id)/history"))
            texts.append(try await desk.ask("POST /v1/sagas/\(id)/cancel"))
            texts.append(try await desk.ask("POST /v1/sagas/\(id)/signals/\(Desk.card)"))
            let follower = try RawSocket(desk.path)
            try await follower.send(Desk.message("GET /v1/sagas/\(id)/history?follow", ["Connection: close"]))
            texts.append(try await follower.readToEnd())
        }
        for path in ["/v1/sagas", "/v1/views/mine", "/v1/views/mine?key=Ann", "/v1/workflows", "/v1/status"] {
            texts.append(try await desk.ask("GET \(path)"))
        }
        return texts.joined(separator: "\n")
    }

    /// Whether the card number stands in a file of the daemon's: the store, its log, its mark.
    private static func isKept(_ desk: Desk, _ card: String = Desk.card) throws -> Bool {
        try desk.folder.bytes().range(of: Data(card.utf8)) != nil
    }

    @Test func `a participant that repeats the card number tells it to nobody`() async throws {
        try await Desk.open { desk in
            let card = Desk.card
            desk.participants.script(
                "payment.charge", .unknown(message: "timed out charging \(card)"),
                .result(#"{"receipt":"card \#(card)","digits":\#(card),"nested":[{"\#(card)":"\#(card)"}]}"#))
            async let started = desk.start()
            await desk.participants.called("payment.charge")
            let open = try await desk.only()
            var history = ""
            while !history.contains("retry-set") { history = try await desk.ask("GET /v1/sagas/\(open)/history") }
            desk.advance(milliseconds: 1_000)
            let id = try await started
            let refused = try await desk.ask(
                "POST /v1/sagas/\(id)/signals/pick", ["Idempotency-Key: \(card)"],
                body: #"{"data":{"size":1,"note":"card \#(card)","no":"\#(card)"}}"#)
            #expect(refused.hasPrefix("HTTP/1.1 409 Conflict\n"))
            let answered = try await desk.ask("POST /v1/sagas/\(id)/cancel?wait=ended", body: #"{"reason":"\#(card)"}"#)
            let all = try await Self.everything(desk, [id]) + refused + answered
            #expect(!all.contains(card))
            #expect(try !Self.isKept(desk))
            // It was there to be hidden.
            for shown in [
                #""receipt":"card ***""#, #""digits":"***""#, #"{"***":"***"}"#, "timed out charging ***",
                #""note":"card ***","no":"***""#, #""reason":"***""#, #""id":"***""#,
            ] {
                #expect(all.contains(shown), "\(shown)")
            }
            #expect(desk.participants.calls.contains { String(decoding: $0.request, as: UTF8.self).contains(card) })
        }
    }

    @Test func `a refusal that repeats the card number, and a saga that is stuck on it, hide it`() async throws {
        try await Desk.open { desk in
            let card = Desk.card
            desk.participants.script("payment.charge", .refused(code: card, message: "card \(card) is no good"))
            let declined = try await desk.start(wait: "ended")
            // No JSON: the saga is stuck, and its reason quotes what came.
            desk.participants.script("payment.charge", .result(#"{"receipt":"\#(card)""#))
            let stuck = try await desk.start()
            let all = try await Self.everything(desk, [declined, stuck])
            #expect(!all.contains(card))
            #expect(try !Self.isKept(desk))
            #expect(all.contains(#""code":"***","message":"card *** is no good""#))
        }
    }

    @Test func `an input that is refused is not repeated`() async throws {
        try await Desk.open { desk in
            let card = Desk.card + Desk.card + Desk.card
            for input in [
                #"{"name":"Ann","cardNo":"\#(card)","amount":1}"#, #"{"name":"Ann","cardNo":["\#(card)"],"amount":1}"#,
                #"{"name":"Ann","cardNo":{"\#(card)":1},"amount":1}"#, #"{"cardNo":"\#(card)"}"#,
                #"{"name":"Ann","cardNo":"","amount":1,"card":"\#(card)"}"#, #""\#(card)""#,
            ] {
                let answer = try await desk.ask("POST /v1/sagas", body: #"{"workflow":"order","input":\#(input)}"#)
                #expect(answer.hasPrefix("HTTP/1.1 422 Unprocessable Entity\n"), "\(answer)")
                #expect(!answer.contains(Desk.card), "\(answer)")
            }
            let broken = try await desk.ask("POST /v1/sagas", body: #"{"workflow":"order","input":{"cardNo":"\#(card)"#)
            #expect(broken.hasPrefix("HTTP/1.1 400 Bad Request\n"))
            #expect(!broken.contains(Desk.card))
        }
    }

    @Test func `secrets beyond their maximum are refused with the place, and a large saga is shown without its own`()
        async throws
    {
        var options = Desk.Options()
        options.workflow = options.workflow.replacing("maxLength: 32, secret", with: "secret")
        try await Desk.open(options) { desk in
            let secret = String(repeating: "s", count: 65_536)
            func body(_ card: String, _ note: String) -> String {
                #"{"workflow":"order","input":{"name":"Ann","cardNo":"\#(card)","amount":1,"note":"\#(note)"}}"#
            }
            let refused = try await desk.ask("POST /v1/sagas", body: body(secret + "s", "x"))
            #expect(refused.hasPrefix("HTTP/1.1 422 Unprocessable Entity\n"))
            #expect(refused.contains(#""faults":[{"pointer":"/cardNo","message":"makes more than 65536 bytes"#))
            #expect(!refused.contains("sss"))
            // Long enough to be masked elsewhere than on the loop of the connection.
            let near = String(repeating: "s", count: 65_535)
            let note = "\(near) \(secret) \(near)"
            let shown = try await desk.ask("POST /v1/sagas?wait=settled", body: body(secret, note))
            #expect(shown.hasPrefix("HTTP/1.1 201 Created\n"))
            #expect(shown.contains(#""cardNo":"***""#))
            #expect(shown.contains(#""note":"\#(near) *** \#(near)""#))
        }
    }

    @Test func `a key conflict does not tell the other input`() async throws {
        try await Desk.open { desk in
            _ = try await desk.start(#","key":"k-1""#)
            let body = Desk.startBody(#","key":"k-1""#).replacing(Desk.card, with: "5555555555554444")
            let answer = try await desk.ask("POST /v1/sagas", body: body)
            #expect(answer.hasPrefix("HTTP/1.1 409 Conflict\n"))
            #expect(!answer.contains(Desk.card) && !answer.contains("5555555555554444"))
            #expect(try !Self.isKept(desk) && !Self.isKept(desk, "5555555555554444"))
        }
    }

    @Test func `a signal that comes before its saga, and an operator's words to many, are kept sealed`() async throws {
        try await Desk.open { desk in
            let card = Desk.card
            let kept = try await desk.ask(
                "POST /v1/workflows/order/keys/k-9/signals/confirm", ["Idempotency-Key: \(card)"],
                body: #"{"data":{"card":"\#(card)"}}"#)
            #expect(kept.hasPrefix("HTTP/1.1 202 Accepted\n"), "\(kept)")
            let job = try await desk.ask(
                "POST /v1/jobs", body: #"{"act":"pause","reason":"card \#(card)","where":["guest:\#(card)"]}"#)
            #expect(job.contains("card \(card)"), "\(job)")
            #expect(try !Self.isKept(desk))
            let saga = try await desk.start(#","key":"k-9""#)
            #expect(try await desk.ask("GET /v1/sagas/\(saga)/history").contains(#""signal":"confirm""#))
            #expect(try !Self.isKept(desk))
        }
    }
}
