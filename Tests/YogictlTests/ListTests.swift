import Testing

@Suite struct ListTests {
    private static let (reserved, paying) = (Resources.reservedListed, Resources.payingListed)
    private static let page = #"{"sagas":["# + reserved + "," + paying + #"],"next":"cursor-1"}"#

    @Test func `sagas are a table`() async throws {
        let daemon = try ScriptedDaemon(.json(#"{"sagas":[\#(Self.reserved),\#(Self.paying)]}"#))
        let run = try await daemon.run("list")
        #expect(run.error == "")
        #expect(
            run.output == """
                ID                                    WORKFLOW     STATE     STATUS   KEY      UPDATED
                0199c3a0-1b2c-7d3e-8f40-0123456789ab  reservation  Reserved  waiting  -        2026-11-24T10:00:01.500Z
                0199c3a0-0000-7d3e-8f40-0123456789ab  reservation  Paying    running  order-7  2026-11-24T10:00:00.250Z

                """)
        #expect(daemon.requests == ["GET /v1/sagas"])
    }

    @Test func `a list is one page object in JSON`() async throws {
        let daemon = try ScriptedDaemon(.json(Self.page))
        let run = try await daemon.run("list", "--output", "json")
        #expect(run.error == "")
        #expect(run.output == Self.page + "\n")
    }

    @Test func `filters are passed on`() async throws {
        let daemon = try ScriptedDaemon(.json(#"{"sagas":[]}"#))
        let run = try await daemon.run(
            "list", "--workflow", "reservation", "--state", "Paying", "--status", "running", "--where",
            "guest=Ann & Bo=1", "--where", "room=101", "--limit", "5")
        #expect(run.output == "no sagas\n")
        #expect(
            daemon.requests == [
                """
                GET /v1/sagas?workflow=reservation&state=Paying&status=running&where=guest%3AAnn%20%26%20Bo%3D1\
                &where=room%3A101&limit=5
                """
            ])
    }

    @Test func `a page that is not the last says so on stderr`() async throws {
        let daemon = try ScriptedDaemon(.json(Self.page))
        let run = try await daemon.run("list", "--limit", "2")
        #expect(run.status == 0)
        #expect(run.error == "There are more sagas: --all or a larger --limit shows them.\n")
    }

    @Test func `all follows the pages to the end`() async throws {
        let daemon = try ScriptedDaemon(.json(Self.page), .json(#"{"sagas":[\#(Self.paying)]}"#))
        let run = try await daemon.run("list", "--all", "--output", "json")
        #expect(
            run.output == #"{"sagas":[\#(Self.reserved),\#(Self.paying),\#(Self.paying)]}"# + "\n")
        #expect(daemon.requests == ["GET /v1/sagas", "GET /v1/sagas?after=cursor-1"])
    }

    @Test func `a saga is shown with its steps and timers`() async throws {
        let daemon = try ScriptedDaemon(.json(Resources.reserved))
        let run = try await daemon.run("show", "0199c3a0-1b2c")
        #expect(run.error == "")
        #expect(
            run.output == """
                ID          0199c3a0-1b2c-7d3e-8f40-0123456789ab
                WORKFLOW    reservation 1
                STATE       Reserved
                STATUS      waiting
                SIGNALS     confirm, reject
                STARTED     2026-11-24T10:00:00.000Z
                UPDATED     2026-11-24T10:00:01.500Z
                INPUT       {"name":"Ann","cardNo":"***","nights":2}
                VARS        {"paymentId":"p-1"}
                ATTRIBUTES  {"guest":"Ann"}

                STEP  STATE    CALL              OUTCOME    ATTEMPTS  UNDO
                3     Ordered  reservation.hold  succeeded  1         -
                9     Paying   payment.charge    succeeded  3         payment.refund, 2 attempts

                TIMER  DUE
                72h    2026-11-27T10:00:01.500Z

                """)
        #expect(daemon.requests == ["GET /v1/sagas/0199c3a0-1b2c"])
    }

    @Test func `an id is one segment of the path whatever is in it`() async throws {
        let daemon = try ScriptedDaemon(
            .problem(
                "400 Bad Request",
                """
                {"type":"urn:yogiyogi:problem:bad-id","title":"Bad id","status":400,"detail":"'a/b?c' is no saga id, nor the \
                first 8 digits or more of one"}
                """))
        let run = try await daemon.run("show", "a/b?c")
        #expect(run.status == 2)
        #expect(
            run.error == """
                yogictl: Bad id ('a/b?c' is no saga id, nor the first 8 digits or more of one). 'yogictl list' shows the ids

                """)
        #expect(daemon.requests == ["GET /v1/sagas/a%2Fb%3Fc"])
    }

    @Test func `text of a guest cannot steer the terminal`() async throws {
        let saga = Resources.paying.replacing("order-7", with: #"\u001b[2Jgone\nID"#)
        let daemon = try ScriptedDaemon(.json(#"{"sagas":[\#(saga)]}"#))
        let run = try await daemon.run("list")
        #expect(run.output.contains(#"running  \u{1b}[2Jgone\u{a}ID  2026"#), "\(run.output)")
        #expect(!run.output.contains("\u{1B}"))
    }

    @Test func `a view that was changed says so on stderr, and is rebuilt when somebody asks for it`() async throws {
        let page = #"{"view":"v","rows":[{"saga":"\#(Resources.id)","key":"Ann","row":{"room":"101"}}],"older":true}"#
        let state = #"{"name":"v","progress":{"done":64,"total":100}}"#
        let daemon = try ScriptedDaemon(
            .json(page), .json(page), .json("202 Accepted", state), .json("202 Accepted", state))
        let run = try await daemon.run("view", "v")
        #expect(run.output.hasPrefix("KEY") && run.status == 0)
        #expect(run.error == "Some rows may be as the view was before it changed: yogictl view rebuild v\n")
        #expect(try await daemon.run("view", "show", "v", "--output", "json").output == page + "\n")
        #expect(try await daemon.run("view", "rebuild", "v").output == "v is rebuilt: 64 of 100 sagas are done\n")
        #expect(try await daemon.run("view", "rebuild", "v", "--output", "json").output == state + "\n")
        #expect(
            daemon.requests.map { String($0.prefix { $0 != "\n" }) } == [
                "GET /v1/views/v", "GET /v1/views/v", "POST /v1/views/v/rebuild", "POST /v1/views/v/rebuild",
            ])
    }

    @Test func `a cell of a view that failed says so and why`() async throws {
        let page = #"""
            {"view":"v","rows":[{"saga":"\#(Resources.id)","key":"Ann","row":{"room":"101","visa":{"failed":"no such key: 'visaNo'"}}},\#
            {"saga":"\#(Resources.id)","key":"Bob","row":{"failed":"no such key: 'a'"}}]}
            """#
        let daemon = try ScriptedDaemon(.json(page))
        let lines = try await daemon.run("view", "v").output.split(separator: "\n")
        #expect(lines.first?.split(separator: " ") == ["KEY", "ROOM", "VISA", "SAGA"])
        #expect(lines.dropFirst().first?.contains("failed: no such key: 'visaNo'") == true, "\(lines)")
        #expect(lines.last?.contains("failed: no such key: 'a'") == true, "\(lines)")
    }

    @Test func `the rows of a view have a column for each member`() async throws {
        let page = #"""
            {"view":"mypage","rows":[{"saga":"\#(Resources.id)","key":"Ann","row":{"room":"101","status":"Reserved"}},\#
            {"saga":"\#(Resources.other)","key":"Ann","row":{"room":"7","nights":2}}]}
            """#
        let daemon = try ScriptedDaemon(.json(page), .json(page))
        let run = try await daemon.run("view", "my page", "--key", "Ann", "--limit", "10")
        #expect(
            run.output == """
                KEY  ROOM  STATUS    NIGHTS  SAGA
                Ann  101   Reserved  -       0199c3a0-1b2c-7d3e-8f40-0123456789ab
                Ann  7     -         2       0199c3a0-0000-7d3e-8f40-0123456789ab

                """)
        #expect(try await daemon.run("view", "mypage", "--output", "json").output == page + "\n")
        #expect(daemon.requests == ["GET /v1/views/my%20page?key=Ann&limit=10", "GET /v1/views/mypage"])
    }

    @Test func `workflows are a table`() async throws {
        let json = """
            {"workflows":[{"name":"reservation","version":"1","digest":"0123456789abcdef0123","summary":"A guest books.",\
            "current":true,"liveSagas":3},{"name":"reservation","version":"0","digest":"fedcba9876543210fedc",\
            "summary":"","current":false,"liveSagas":12}]}
            """
        let daemon = try ScriptedDaemon(.json(json), .json(json))
        #expect(
            try await daemon.run("workflows").output == """
                NAME         VERSION  CURRENT  LIVE  DIGEST        SUMMARY
                reservation  1        yes      3     0123456789ab  A guest books.
                reservation  0        no       12    fedcba987654

                """)
        #expect(try await daemon.run("workflows", "--output", "json").output == json + "\n")
    }

    @Test func `the status is a sheet and tables`() async throws {
        let json = """
            {"version":"0.1.0","uptime":3725,"pid":42,"sagas":{"running":2,"stuck":1},"backlog":0,"inputs":17,"commits":9,\
            "participants":[{"name":"payment","url":"unix:/run/yogi-payment.sock","inFlight":2,"queued":0,\
            "breaker":"closed"}],"limits":{"inbox":10000,"batch":512},"pools":[{"name":"inbox","used":1536,\
            "max":67108864,"unit":"bytes"},{"name":"connections","used":3,"max":16384,"unit":"connections"}],\
            "storeBytes":4096,"logDropped":12,\
            "seal":{"dataKey":2,"masterKey":"00112233445566ff","origin":"the credential 'store-key'","progress":{"done":3,\
            "total":17}}}
            """
        let daemon = try ScriptedDaemon(.json(json), .json(json))
        #expect(
            try await daemon.run("status").output == """
                VERSION  0.1.0
                PID      42
                UPTIME   1 h 2 min
                STORE    4096 bytes
                SEAL     data key 2 under master key 00112233445566ff, the credential 'store-key'
                SEALING  3 of 17 rows are by this key
                LOG      12 entries lost
                BACKLOG  0
                INPUTS   17
                COMMITS  9

                STATUS   SAGAS
                running  2
                stuck    1

                PARTICIPANT  BREAKER  IN FLIGHT  QUEUED  URL
                payment      closed   2          0       unix:/run/yogi-payment.sock

                POOL         USED    BUDGET
                inbox        1.5KiB  64MiB
                connections  3       16384

                LIMIT  VALUE
                inbox  10000
                batch  512

                """)
        #expect(try await daemon.run("status", "--output", "json").output == json + "\n")
    }

    @Test func `a daemon without progress is unhealthy`() async throws {
        let daemon = try ScriptedDaemon(
            .json(#"{"healthy":true,"detail":"the loop and the store make progress"}"#),
            .json("503 Service Unavailable", #"{"healthy":false,"detail":"the loop or the store makes no progress"}"#))
        let well = try await daemon.run("health")
        #expect(well.output == "healthy: the loop and the store make progress\n")
        #expect(well.status == 0)
        let ill = try await daemon.run("health")
        #expect(ill.output == "unhealthy: the loop or the store makes no progress\n")
        #expect(ill.error == "")
        #expect(ill.status == 1)
    }
}
