/// Who may import whom: the picture of the architecture as a table. A target imports only what stands under it.
enum Layers {
    /// Programs and what each consists of; they alone start unstructured tasks.
    static let executables = Set(programs.keys).union(programs.values.flatMap(\.self)).union(["yogi-bench"])

    private static let programs: [String: Set<String>] = [
        "yogiyogid": ["YogiyogidProgram"], "yogictl": ["YogictlProgram"], "yogi-payment": ["PaymentProgram"],
        "yogi-reservation": ["ReservationProgram"], "yogi-gateway": ["GatewayProgram"],
        "yogiyogi": ["YogiyogidProgram", "YogictlProgram", "GatewayProgram", "PaymentProgram", "ReservationProgram"],
    ]

    /// Swift's own modules that need no decision.
    static let everywhere: Set<String> = ["Synchronization"]
    /// The platform; not for the core, which has no clock, no files and no threads.
    static let platform: Set<String> = ["Foundation", "FoundationEssentials", "Glibc", "Dispatch"]
    /// Targets without the platform.
    static let pure: Set<String> = ["CEL", "SagaCore"]

    // A product and the modules whose members its users meet (MemberImportVisibility asks for them by name).
    private static let hummingbird: Set<String> = ["Hummingbird", "HummingbirdCore", "HTTPTypes", "NIOCore"]
    private static let client: Set<String> = ["AsyncHTTPClient", "NIOCore", "NIOHTTP1", "NIOPosix"]
    private static let caller: Set<String> = [
        "NIOCore", "NIOHTTP1", "NIOHTTPCompression", "NIOPosix", "NIOSSL", "NIOTLS",
    ]
    private static let service: Set<String> = ["Logging", "ServiceLifecycle", "UnixSignals"]

    /// The targets straight below each target, and the third-party modules that it may import. A new one of these needs a decision record
    /// and a place here.
    static let sources: [String: Set<String>] = [
        "Basics": [],
        "CEL": [],
        "SagaCore": ["CEL"],
        "WorkflowFile": ["Basics", "SagaCore", "Crypto", "Yams"],
        "Rehearsal": ["WorkflowFile"],
        "SagaStore": ["Basics", "SagaCore", "Crypto", "GRDB", "GRDBSQLite"],
        "OperatorLog": ["Logging"],
        "SagaEngine": service.union(["SagaStore", "OperatorLog"]),
        "EventLoopTasks": ["NIOCore", "NIOPosix"],
        "Participants": caller.union(["SagaEngine", "EventLoopTasks", "OperatorLog", "Logging"]),
        "CSystemd": [],
        "Systemd": service.union(["Basics", "CSystemd", "OperatorLog"]),
        "Listener": hummingbird.union(service).union([
            "Basics", "EventLoopTasks", "NIOExtras", "NIOHTTP1", "NIOPosix", "NIOSSL",
        ]),
        "ControlAPI": ["Basics", "CEL"],
        "ControlServer": hummingbird.union(service).union(["ControlAPI", "SagaEngine", "Listener"]),
        "Webhooks": service.union(["ControlServer", "Participants", "Crypto"]),
        "ControlClient": client.union(["ControlAPI"]),
        "Gateway": hummingbird.union(client).union(service).union([
            "Basics", "ControlClient", "Identity", "Listener", "Pages",
        ]),
        "Pages": ["Basics", "ControlAPI", "WorkflowFile"],
        "Identity": ["ControlAPI", "Crypto", "JWTKit"],
        "ParticipantKit": hummingbird.union(service).union(["Basics", "Listener", "CEL", "Crypto", "GRDB"]),
        "YogiyogidProgram": service.union([
            "ControlServer", "Participants", "SagaEngine", "Webhooks", "WorkflowFile", "Rehearsal", "Systemd",
            "Listener",
            "ArgumentParser", "Yams",
        ]),
        "GatewayProgram": hummingbird.union(service).union([
            "Gateway", "WorkflowFile", "OperatorLog", "Systemd", "ArgumentParser", "NIOPosix",
        ]),
        "YogictlProgram": ["ControlClient", "WorkflowFile", "Rehearsal", "ArgumentParser"],
        "PaymentProgram": participant,
        "ReservationProgram": participant,
        // GRDBSQLite is libsqlite3 itself: what is measured against must have nothing between.
        "yogi-bench": service.union([
            "ControlClient", "SagaEngine", "WorkflowFile", "Systemd", "ArgumentParser", "GRDBSQLite",
        ]),
    ].merging(programs) { own, _ in own }

    private static let participant = hummingbird.union(service).union([
        "ParticipantKit", "Systemd", "ArgumentParser", "GRDB",
    ])

    /// The same for the tests, and for the libraries that only tests use; these also have `Testing` and the platform.
    static let tests: [String: Set<String>] = [
        "BasicsTests": ["Basics"],
        "CELTests": ["Basics", "CEL"],
        "SagaCoreTests": ["Basics", "SagaCore"],
        "WorkflowFileTests": ["WorkflowFile"],
        "CountedSync": [],
        "Contract": hummingbird.union(["ControlAPI"]),
        "FatalCall": [],
        "HungSync": [],
        "SagaStoreTests": ["Basics", "CountedSync", "TestPrograms", "SagaStore", "GRDB"],
        "SagaEngineTests": service.union(["TestPrograms", "SagaEngine", "WorkflowFile", "GRDB"]),
        // FoundationXML parses what the pages are.
        "PagesTests": ["Pages", "FoundationXML"],
        "RehearsalTests": ["Rehearsal", "WorkflowFile"],
        "SimulationTests": service.union(["SagaEngine"]),
        "ParticipantsTests": hummingbird.union(caller).union(service).union(["Participants", "Listener"]),
        "ParticipantKitTests": hummingbird.union(client).union(service).union([
            "TestPrograms", "ParticipantKit", "GRDB",
        ]),
        "SystemdTests": ["Systemd", "Logging"],
        "ListenerTests": hummingbird.union(client).union(service).union(["Listener"]),
        "ControlTests": hummingbird.union(client).union(service).union([
            "Contract", "TestPrograms", "ControlServer", "ControlClient", "WorkflowFile",
        ]),
        "GatewayTests": hummingbird.union(client).union(service).union([
            "Contract", "TestPrograms", "Gateway", "ControlServer", "WorkflowFile", "Crypto",
        ]),
        "IdentityTests": ["Identity", "Crypto"],
        "WebhooksTests": service.union(["Webhooks", "WorkflowFile"]),
        "YogiyogidTests": service.union(["YogiyogidProgram"]),
        "YogictlTests": ["TestPrograms", "ControlAPI"],
        "TestPrograms": [],
        "EndToEndTests": ["ControlClient", "TestPrograms"],
        "TidyTests": [],
    ]

    /// All that `target` may import: what the table says, the targets below these, Swift's modules; nil when it is not in the table.
    static func allowed(_ target: String, isTest: Bool) -> Set<String>? {
        guard let own = (isTest ? tests : sources)[target] else { return nil }
        let shared = pure.contains(target) ? everywhere : everywhere.union(platform)
        return own.union(below(own)).union(shared).union(isTest ? ["Testing"] : [])
    }

    /// The targets that stand under `modules`, however deep. Third-party modules are for those who name them, and C's for the one that
    /// wraps it.
    private static func below(_ modules: Set<String>) -> Set<String> {
        var found: Set<String> = []
        var open = modules
        while let module = open.popFirst() {
            let next = (sources[module] ?? []).filter { sources[$0] != nil && $0 != "CSystemd" && !found.contains($0) }
            found.formUnion(next)
            open.formUnion(next)
        }
        return found
    }
}
