extension Rule {
    /// A limit ends what hangs. A shorter one measures how busy the machine is, as the time that a test waits for a core counts too.
    static let timeLimit = Rule(name: "time-limit") { file in
        guard file.isTest else { return [] }
        return file.code.indices.compactMap { index in
            let rest = file.code[index...].prefix(6).map(\.text)
            guard rest.count == 6, rest.prefix(5) == ["timeLimit", "(", ".", "minutes", "("],
                let minutes = Int(rest[5]),
                minutes < timeLimitMin
            else { return nil }
            return file.violation(
                file.code[index].line, "time-limit",
                "a limit of \(minutes) minutes measures the machine: give \(timeLimitMin), which ends what hangs")
        }
    }

    /// Minutes.
    private static let timeLimitMin = 30

    /// A test that reads a clock is about to demand speed.
    static let clock = Rule(name: "clock") { file in
        guard file.isTest, Rule.mayReadClock[file.path] == nil else { return [] }
        return file.code.indices.compactMap { index in
            let token = file.code[index]
            let names = ["ContinuousClock", "SuspendingClock", "DispatchTime", "clock_gettime", "gettimeofday"]
            let rest = file.code[index...].dropFirst().prefix(2).map(\.text)
            let isNow = token.isWord("Date") && (rest == ["(", ")"] || rest == [".", "now"])
            guard isNow || names.contains(where: token.isWord) else { return nil }
            return file.violation(
                token.line, "clock", "\(token.text): wait for what is to come, with a HangLimit where it may not come")
        }
    }

    /// Files of tests that may read a clock, each with the reason.
    static let mayReadClock = [
        "Tests/EndToEndTests/Chaos/ChaosTests.swift": "it goes on for as long as its caller wants",
        "Tests/ParticipantKitTests/PaymentFaultTests.swift":
            "it sends deadlines, and nothing may be answered before them",
        "Tests/ParticipantsTests/FailureTests.swift": "no attempt may end before its deadline",
        "Tests/SagaEngineTests/ManySagasTests.swift": "it tells how long a start took, and demands nothing of it",
        "Tests/SystemdTests/NotifierTests.swift": "what systemd is told must lie between two readings",
        "Tests/TestPrograms/HangLimit.swift": "it ends what hangs",
    ]
}
