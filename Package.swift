// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

/// What the simulator runs through thousands of times is optimised in a debug build too: without it, it is most of the time of
/// `make test`. Assertions stay.
let hot: [SwiftSetting] = strict + [.unsafeFlags(["-O", "-assert-config", "Debug"], .when(configuration: .debug))]

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let asyncHTTPClient: Target.Dependency = .product(name: "AsyncHTTPClient", package: "async-http-client")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let jwtKit: Target.Dependency = .product(name: "JWTKit", package: "jwt-kit")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let nioHTTPCompression: Target.Dependency = .product(name: "NIOHTTPCompression", package: "swift-nio-extras")
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let nioTLS: Target.Dependency = .product(name: "NIOTLS", package: "swift-nio")
let nioExtras: Target.Dependency = .product(name: "NIOExtras", package: "swift-nio-extras")
let serviceLifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let sqlite: Target.Dependency = .product(name: "GRDBSQLite", package: "GRDB.swift")
let unixSignals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")

/// A library target; `needs` are the targets and products straight below it.
func library(_ name: String, _ needs: [Target.Dependency] = [], settings: [SwiftSetting] = strict) -> Target {
    .target(name: name, dependencies: needs, swiftSettings: settings)
}

func program(_ name: String, _ needs: [Target.Dependency]) -> Target {
    .executableTarget(name: name, dependencies: needs, swiftSettings: strict)
}

func tests(
    _ name: String, _ needs: [Target.Dependency], exclude: [String] = [], resources: [Resource] = [],
    settings: [SwiftSetting] = strict
) -> Target {
    .testTarget(name: name, dependencies: needs, exclude: exclude, resources: resources, swiftSettings: settings)
}

let package = Package(
    name: "yogiyogi",
    platforms: [.macOS(.v15)],
    products: [
        // For LD_PRELOAD, in tests.
        .library(name: "FatalCall", type: .dynamic, targets: ["FatalCall"]),
        .library(name: "HungSync", type: .dynamic, targets: ["HungSync"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
    ],
    targets: [
        // What stands under all but the core.
        library("Basics"),

        // Functional core.
        library("CEL", settings: hot),
        library("SagaCore", ["CEL"], settings: hot),
        library("WorkflowFile", ["Basics", "SagaCore", "CEL", crypto, yams]),
        library("Rehearsal", ["WorkflowFile", "SagaCore", "CEL"]),

        // Engine and its edges.
        library("SagaStore", ["Basics", "SagaCore", sqlite, crypto, grdb], settings: hot),
        library(
            "SagaEngine", ["Basics", "SagaStore", "SagaCore", "OperatorLog", logging, serviceLifecycle], settings: hot),
        library(
            "Participants",
            [
                "Basics", "SagaEngine", "SagaCore", "EventLoopTasks", "OperatorLog", nioCore, nioHTTP1,
                nioHTTPCompression,
                nioPosix, nioSSL, nioTLS, logging,
            ]),
        library("OperatorLog", [logging]),
        .systemLibrary(name: "CSystemd", pkgConfig: "libsystemd", providers: [.apt(["libsystemd-dev"])]),
        library("Systemd", ["Basics", "CSystemd", "OperatorLog", logging, serviceLifecycle]),
        library("EventLoopTasks", [nioCore, nioPosix]),
        library(
            "Listener",
            [
                "Basics", "EventLoopTasks", hummingbird, logging, nioCore, nioExtras, nioHTTP1, nioPosix, nioSSL,
                serviceLifecycle,
            ]),

        // Control.
        library("ControlAPI", ["Basics", "CEL"]),
        library(
            "ControlServer",
            [
                "Basics", "ControlAPI", "SagaEngine", "SagaCore", "CEL", "Listener", httpTypes, hummingbird, nioCore,
            ]),
        library(
            "Webhooks",
            [
                "Basics", "ControlServer", "Participants", "SagaEngine", "SagaStore", "SagaCore", "OperatorLog",
                crypto, logging, serviceLifecycle,
            ]),
        library("ControlClient", ["ControlAPI", "CEL", asyncHTTPClient, nioCore, nioHTTP1]),

        // The front door: who is there, what is answered, and what people look at.
        library(
            "Gateway",
            [
                "Basics", "CEL", "ControlAPI", "ControlClient", "Identity", "Listener", "Pages", asyncHTTPClient,
                httpTypes, hummingbird, logging, nioCore, nioHTTP1, serviceLifecycle,
            ]),
        library("Pages", ["Basics", "ControlAPI", "WorkflowFile", "SagaCore", "CEL"]),
        library("Identity", ["Basics", "ControlAPI", "CEL", crypto, jwtKit]),

        // For those who write a participant.
        library("ParticipantKit", ["Basics", "Listener", "CEL", crypto, grdb, hummingbird, logging, serviceLifecycle]),

        // Programs.
        library(
            "YogiyogidProgram",
            [
                "ControlServer", "ControlAPI", "Participants", "SagaEngine", "SagaStore", "Webhooks", "WorkflowFile",
                "Rehearsal", "SagaCore", "Systemd", "OperatorLog", "Listener",
                argumentParser, logging, serviceLifecycle, unixSignals,
            ]),
        library(
            "YogictlProgram",
            [
                "Basics", "ControlClient", "ControlAPI", "WorkflowFile", "Rehearsal", "SagaCore", "CEL", argumentParser,
            ]),
        library(
            "GatewayProgram",
            [
                "Basics", "Gateway", "ControlClient", "Identity", "ControlAPI", "WorkflowFile", "SagaCore", "CEL",
                "Listener", "OperatorLog", "Systemd", argumentParser, hummingbird, logging, nioPosix, serviceLifecycle,
                unixSignals,
            ]),
        library(
            "PaymentProgram",
            ["ParticipantKit", "Systemd", "CEL", argumentParser, grdb, hummingbird, logging, serviceLifecycle]),
        library(
            "ReservationProgram",
            ["ParticipantKit", "Systemd", "CEL", argumentParser, grdb, hummingbird, logging, serviceLifecycle]),
        program("yogiyogid", ["YogiyogidProgram"]),
        program("yogictl", ["YogictlProgram"]),
        program("yogi-gateway", ["GatewayProgram"]),
        program("yogi-payment", ["PaymentProgram"]),
        program("yogi-reservation", ["ReservationProgram"]),
        // All of them, for the package.
        program(
            "yogiyogi",
            ["YogiyogidProgram", "YogictlProgram", "GatewayProgram", "PaymentProgram", "ReservationProgram"]),
        program(
            "yogi-bench",
            [
                "Basics", "ControlClient", "ControlAPI", "SagaEngine", "SagaStore", "WorkflowFile", "SagaCore", "CEL",
                "Systemd", argumentParser, logging, serviceLifecycle, sqlite,
            ]),

        // Tests, one target a module.
        tests("BasicsTests", ["Basics"]),
        tests("CELTests", ["Basics", "CEL"], resources: [.copy("Fixtures")]),
        tests("SagaCoreTests", ["Basics", "SagaCore", "CEL"], resources: [.copy("Fixtures")]),
        tests("WorkflowFileTests", ["Basics", "WorkflowFile", "SagaCore", "CEL"], resources: [.copy("Fixtures")]),
        tests("SagaStoreTests", ["Basics", "CountedSync", "TestPrograms", "SagaStore", "SagaCore", "CEL", grdb]),
        tests(
            "SagaEngineTests",
            [
                "Basics", "TestPrograms", "SagaEngine", "SagaStore", "WorkflowFile", "SagaCore", "CEL", grdb, logging,
                serviceLifecycle,
            ]),
        tests("PagesTests", ["Pages", "ControlAPI", "WorkflowFile", "SagaCore", "CEL"]),
        tests("RehearsalTests", ["Rehearsal", "WorkflowFile", "SagaCore", "CEL"]),
        tests("SimulationTests", ["SagaEngine", "SagaStore", "SagaCore", "CEL", logging], settings: hot),
        tests(
            "ParticipantsTests",
            [
                "Basics", "Participants", "SagaEngine", "SagaCore", "CEL", "Listener", hummingbird, nioCore, nioHTTP1,
                nioPosix,
                nioSSL,
            ]),
        tests(
            "ParticipantKitTests",
            ["TestPrograms", "ParticipantKit", "CEL", "Listener", hummingbird, asyncHTTPClient]),
        tests("SystemdTests", ["Systemd", "OperatorLog", logging]),
        tests("ListenerTests", ["Listener", hummingbird, asyncHTTPClient, logging, serviceLifecycle]),
        tests(
            "ControlTests",
            [
                "Contract", "TestPrograms", "ControlServer", "ControlClient", "ControlAPI", "SagaEngine", "SagaStore",
                "WorkflowFile", "SagaCore", "CEL", "Listener", httpTypes, hummingbird, logging, nioCore,
                serviceLifecycle,
            ]),
        tests("IdentityTests", ["Basics", "Identity", "ControlAPI", "CEL", crypto]),
        tests(
            "GatewayTests",
            [
                "Contract", "TestPrograms", "Gateway", "Identity", "ControlServer", "ControlClient", "ControlAPI",
                "SagaEngine", "SagaStore", "WorkflowFile", "SagaCore", "CEL", "Listener", asyncHTTPClient, crypto,
                httpTypes,
                hummingbird, logging, nioCore, nioHTTP1, serviceLifecycle,
            ]),
        tests(
            "YogiyogidTests",
            [
                "YogiyogidProgram", "ControlServer", "ControlAPI", "Webhooks", "WorkflowFile", "SagaEngine", "SagaCore",
                "CEL", logging, serviceLifecycle,
            ]),
        tests(
            "WebhooksTests",
            [
                "Webhooks", "ControlServer", "Participants", "SagaEngine", "SagaStore", "WorkflowFile", "SagaCore",
                "CEL", logging, serviceLifecycle,
            ]),
        tests("YogictlTests", ["TestPrograms", "ControlAPI", "CEL"], resources: [.copy("Fixtures")]),
        .target(name: "CountedSync", path: "Tests/CountedSync"),
        .target(
            name: "Contract", dependencies: ["ControlAPI", "CEL", httpTypes, hummingbird, nioCore],
            path: "Tests/Contract", swiftSettings: strict),
        .target(name: "FatalCall", path: "Tests/FatalCall"),
        .target(name: "HungSync", path: "Tests/HungSync"),
        .target(name: "TestPrograms", path: "Tests/TestPrograms", swiftSettings: strict),
        tests(
            "EndToEndTests", ["Basics", "TestPrograms", "ControlClient", "ControlAPI", "CEL"],
            exclude: ["Systemd/with-systemd", "Systemd/lab.bash"]),
        tests("TidyTests", []),
    ],
    swiftLanguageModes: [.v6]
)
