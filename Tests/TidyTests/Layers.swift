/// Who may import whom: the picture of the architecture as a table. A target imports only what stands under it.
enum Layers {
    /// Programs; they alone start unstructured tasks.
    static let executables: Set<String> = ["yogiyogid", "yogictl", "yogi-payment", "yogi-reservation", "yogi-bench"]

    /// Swift's own modules that need no decision.
    static let everywhere: Set<String> = ["Synchronization"]
    /// The platform; not for the core, which has no clock, no files and no threads.
    static let platform: Set<String> = ["Foundation", "FoundationEssentials", "Glibc", "Dispatch"]
    /// Targets without the platform.
    static let pure: Set<String> = ["CEL", "SagaCore"]

    // A product and the modules whose members its users meet (MemberImportVisibility asks for them by name).
    private static let hummingbird: Set<String> = ["Hummingbird", "HummingbirdCore", "HTTPTypes", "NIOCore"]
    private static let client: Set<String> = ["AsyncHTTPClient", "NIOCore", "NIOHTTP1", "NIOPosix"]
    private static let service: Set<String> = ["Logging", "ServiceLifecycle", "UnixSignals"]

    /// What each target may import beside `everywhere` and `platform`. A new third-party module needs a decision record and a place here.
    static let sources: [String: Set<String>] = [
        "CEL": [],
        "SagaCore": ["CEL"],
        "WorkflowFile": ["SagaCore", "CEL", "Yams"],
        "SagaStore": ["SagaCore", "GRDB"],
        "SagaEngine": service.union(["SagaStore", "SagaCore"]),
        "Participants": client.union(["SagaEngine", "SagaCore", "Logging"]),
        "CSystemd": [],
        "Systemd": service.union(["CSystemd"]),
        "Listener": hummingbird.union(service).union(["NIOExtras", "NIOHTTP1", "NIOPosix"]),
        "ControlAPI": ["CEL"],
        "ControlServer": hummingbird.union([
            "ControlAPI", "SagaEngine", "SagaStore", "SagaCore", "CEL", "Listener", "Logging", "ServiceLifecycle",
        ]),
        "ControlClient": client.union(["ControlAPI", "CEL"]),
        "ParticipantKit": hummingbird.union(service).union(["Listener", "CEL", "GRDB"]),
        "yogiyogid": service.union([
            "ControlServer", "Participants", "SagaEngine", "SagaStore", "WorkflowFile", "SagaCore", "Systemd",
            "Listener",
            "ArgumentParser", "Yams",
        ]),
        "yogictl": ["ControlClient", "ControlAPI", "WorkflowFile", "SagaCore", "CEL", "ArgumentParser"],
        "yogi-payment": participant,
        "yogi-reservation": participant,
        "yogi-bench": [
            "ControlClient", "ControlAPI", "SagaEngine", "SagaStore", "WorkflowFile", "SagaCore", "CEL",
            "ArgumentParser",
            "GRDB",
        ],
    ]

    private static let participant = hummingbird.union(service).union([
        "ParticipantKit", "Listener", "Systemd", "CEL", "ArgumentParser", "GRDB",
    ])

    /// The same for the tests, which also have `Testing` and the platform.
    static let tests: [String: Set<String>] = [
        "CELTests": ["CEL"],
        "SagaCoreTests": ["SagaCore", "CEL"],
        "WorkflowFileTests": ["WorkflowFile", "SagaCore", "CEL"],
        "SagaStoreTests": ["SagaStore", "SagaCore", "CEL"],
        "SagaEngineTests": ["SagaEngine", "SagaStore", "WorkflowFile", "SagaCore", "CEL", "Logging"],
        "ParticipantsTests": hummingbird.union(service).union(client).union([
            "Participants", "SagaEngine", "SagaCore", "CEL", "Listener",
        ]),
        "ParticipantKitTests": hummingbird.union(client).union(service).union(["ParticipantKit", "CEL", "Listener"]),
        "SystemdTests": ["Systemd", "Logging"],
        "ListenerTests": hummingbird.union(client).union(service).union(["Listener"]),
        "ControlTests": hummingbird.union(client).union(service).union([
            "ControlServer", "ControlClient", "ControlAPI", "SagaEngine", "SagaStore", "WorkflowFile", "SagaCore",
            "CEL",
            "Listener",
        ]),
        "YogictlTests": ["ControlAPI", "CEL"],
        "EndToEndTests": ["ControlClient", "ControlAPI", "CEL"],
        "TidyTests": [],
    ]

    /// All that `target` may import; nil for a target that is not in the table.
    static func allowed(_ target: String, isTest: Bool) -> Set<String>? {
        guard let own = (isTest ? tests : sources)[target] else { return nil }
        let shared = pure.contains(target) ? everywhere : everywhere.union(platform)
        return own.union(shared).union(isTest ? ["Testing"] : [])
    }
}
