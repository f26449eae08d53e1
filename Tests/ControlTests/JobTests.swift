import ControlAPI
import SagaCore
import SagaEngine
import TestPrograms
import Testing

/// `/v1/jobs`, `POST /v1/workflows/{name}/migrate` and `GET /v1/sagas?alarms`.
@Suite(.timeLimit(.minutes(30))) struct JobTests {
    @Test func `a job is accepted with its count, goes by its rate and keeps a result of each saga`() async throws {
        try await Desk.open { desk in
            let first = try await desk.start()
            let second = try await desk.start()
            let dry = try await desk.ask(
                "POST /v1/jobs", body: #"{"act":"pause","where":["guest:Ann"],"reason":"stop","dryRun":true}"#)
            #expect(dry.hasSuffix("\n\n" + #"{"count":2,"sagas":["\#(first)","\#(second)"]}"#), "\(dry)")
            #expect(try await desk.ask("GET /v1/jobs").hasSuffix(#"{"jobs":[]}"#))
            let accepted = try await desk.ask(
                "POST /v1/jobs", body: #"{"act":"pause","where":["guest:Ann"],"rate":"1/m","reason":"stop"}"#)
            let head = """
                {"id":1,"act":"pause","status":"running","reason":"stop","by":"\(Desk.by)","filter":{"where":["guest:Ann"]},\
                "rate":"1/m","acceptedAt":"2027-01-01T10:00:00.000Z",
                """
            #expect(
                accepted == """
                    HTTP/1.1 202 Accepted
                    Location: /v1/jobs/1
                    Content-Type: application/json

                    \(head)"total":2,"done":0,"refused":0,"failed":0,"left":2}
                    """)
            // The first has its turn at once, the second a minute later.
            while try await desk.sagas().count(where: { $0.status == "paused" }) < 1 { _ = await desk.engine.probe() }
            let half = try await desk.ask("GET /v1/jobs/1").withoutDigits
            #expect(
                half.hasSuffix(
                    """
                    {"job":\(head)"total":2,"done":1,"refused":0,"failed":0,"left":1},"sagas":[{"saga":"\(first)","outcome":\
                    "done"},{"saga":"\(second)","outcome":"left"}]}
                    """), "\(half)")
            _ = try await desk.ask("POST /v1/sagas/\(second)/pause", body: #"{"reason":"me first"}"#)
            desk.advance(milliseconds: 60_000)
            while try await desk.ask("GET /v1/jobs/1").contains(#""left":1"#) { _ = await desk.engine.probe() }
            let end = try await desk.ask("GET /v1/jobs/1?limit=1&after=1").withoutDigits
            #expect(
                end.hasSuffix(
                    """
                    "endedAt":"2027-01-01T10:01:00.000Z","total":2,"done":1,"refused":1,"failed":0,"left":0},"sagas":\
                    [{"saga":"\(second)","outcome":"refused","message":"the saga is paused already"}]}
                    """), "\(end)")
            #expect(
                try await desk.ask("GET /v1/jobs?limit=1").contains(#"{"jobs":[{"id":1,"act":"pause","status":"ended""#)
            )
        }
    }

    @Test(arguments: [
        (#"{"reason":"r"}"#, "the body has no 'act'; it must be one of retry, pause, resume, terminate"),
        (
            #"{"act":"settle","reason":"r"}"#,
            "'act' is 'settle'; it must be one of retry, pause, resume, terminate"
        ),
        (
            #"{"act":"retry","reason":"r"}"#,
            "the body chooses no sagas; give 'workflow', 'state', 'status' or 'where'"
        ),
        (
            #"{"act":"retry","status":"lost","reason":"r"}"#,
            """
            'status' is 'lost'; it must be one of running, waiting, cancelling, compensating, stuck, paused, succeeded, \
            cancelled, terminated
            """
        ),
        (#"{"act":"retry","where":["guest"],"reason":"r"}"#, "'where' is 'guest'; it must be ATTRIBUTE:VALUE"),
        (
            #"{"act":"retry","status":"stuck","rate":"fast","reason":"r"}"#,
            "'rate' is 'fast'; it must be such as 50/s, 10/m or 3/h, of 1 to 10000"
        ),
    ])
    func `a job that cannot be read is 400`(body: String, detail: String) async throws {
        try await Desk.open { desk in
            let answer = try await desk.ask("POST /v1/jobs", body: body)
            #expect(answer.hasPrefix("HTTP/1.1 400 Bad Request\n"))
            #expect(answer.hasSuffix(#""detail":"\#(detail)"}"#), "\(answer)")
        }
    }

    @Test func `a job that is not there is 404, and one without a reason 422`() async throws {
        try await Desk.open { desk in
            let missing = try await desk.ask("GET /v1/jobs/9")
            #expect(
                missing == """
                    HTTP/1.1 404 Not Found
                    Content-Type: application/problem+json

                    {"type":"urn:yogiyogi:problem:unknown-job","title":"No such job","status":404,"detail":"there is no job 9"}
                    """)
            let reason = try await desk.ask("POST /v1/jobs", body: #"{"act":"retry","status":"stuck"}"#)
            #expect(reason.contains(#""type":"urn:yogiyogi:problem:reason-missing""#))
        }
    }

    @Test func `a migration says of each live saga whether it can move, and moves those that can`() async throws {
        let newer = Desk.workflow.replacing(#"version: "1""#, with: #"version: "2""#)
        let other = Desk.workflow.replacing(#"version: "1""#, with: #"version: "3""#)
            .replacing("payment.charge", with: "payment.take")
        try await Desk.open(Desk.Options(older: [newer, other])) { desk in
            let id = try await desk.start()
            let item = #"{"saga":"\#(id)","state":"Reserved","status":"waiting""#
            let no = try await desk.ask(
                "POST /v1/workflows/order/migrate", body: #"{"from":"1","to":"3","check":true}"#)
            let obstacle = #"version \"3\" has no step 'payment.charge' in state 'Paying'"#
            #expect(
                no.withoutDigits.hasSuffix(
                    #"{"answer":"would","sagas":[\#(item),"moves":false,"obstacles":["\#(obstacle)"]}]}"#), "\(no)")
            let yes = #"[\#(item),"moves":true,"obstacles":[]}]}"#
            let check = try await desk.ask(
                "POST /v1/workflows/order/migrate", body: #"{"from":"1","to":"2","check":true}"#)
            #expect(check.withoutDigits.hasSuffix(#"{"answer":"would","sagas":\#(yes)"#), "\(check)")
            #expect(try await desk.sagas()[0].version == "1")
            let reason = try await desk.ask("POST /v1/workflows/order/migrate", body: #"{"from":"1","to":"2"}"#)
            #expect(reason.contains(#""type":"urn:yogiyogi:problem:reason-missing""#))
            let moved = try await desk.ask(
                "POST /v1/workflows/order/migrate", body: #"{"from":"1","to":"2","reason":"new rules"}"#)
            #expect(moved.withoutDigits.hasSuffix(#"{"answer":"moved","sagas":\#(yes)"#), "\(moved)")
            #expect(try await desk.sagas()[0].version == "2")
            let history = try await desk.ask("GET /v1/sagas/\(id)/history")
            #expect(history.contains(#""type":"migrated","fields":{"version":"2","digest":""#))
            #expect(history.contains(#""reason":"new rules","by":"\#(Desk.by)"}"#))
            let unknown = try await desk.ask(
                "POST /v1/workflows/order/migrate", body: #"{"from":"1","to":"9","check":true}"#)
            #expect(unknown.contains(#""type":"urn:yogiyogi:problem:unknown-version""#))
        }
    }
}
