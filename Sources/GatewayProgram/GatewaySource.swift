import Foundation
import Gateway
import Listener
import Logging

/// What flags say; each overrides what stands below it.
struct GatewayFlags: Sendable {
    var listen: String?
    var socket: String?
    var stateDirectory: String?
    var credentialsDirectory: String?
    var publicURL: String?
    /// `NAME=URL`.
    var participants: [String] = []
    var isOpen = false
    var logLevel: String?
}

/// Where the configuration comes from: read at the start, and again by each reload.
struct GatewaySource: Sendable {
    /// The file that was named; `nil` for the default one, where there is one.
    var file: String?
    var environment: [String: String]
    var flags: GatewayFlags

    /// The file, then the environment, then the flags.
    /// - Throws: ``StartFailure`` with every fault.
    func read() throws(StartFailure) -> GatewayConfiguration {
        var configuration = GatewayConfiguration.defaults(environment)
        let named = file ?? environment["YOGI_GATEWAY_CONFIG"]
        let path = named ?? GatewayConfiguration.fileDefault
        if named != nil || FileManager.default.fileExists(atPath: path) {
            guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
                throw StartFailure("cannot read the configuration '\(path)'; check that it exists and is UTF-8 text")
            }
            try GatewayFile.apply(text, path: path, to: &configuration)
        }
        for (value, name) in [
            (environment["YOGI_GATEWAY_LISTEN"], "YOGI_GATEWAY_LISTEN"), (flags.listen, "--listen"),
        ] {
            guard let value else { continue }
            guard let address = ListenAddress(parsing: value) else {
                throw StartFailure("\(name) is '\(value)'; it must be HOST:PORT or unix:/PATH")
            }
            configuration.listen = address
        }
        for (value, name) in [
            (environment["YOGI_GATEWAY_PUBLIC_URL"], "YOGI_GATEWAY_PUBLIC_URL"), (flags.publicURL, "--public-url"),
        ] {
            guard let value else { continue }
            guard let url = GatewayConfiguration.publicURL(value) else {
                throw StartFailure("\(name) is '\(value)'; it must be http://HOST or https://HOST, and may have a path")
            }
            configuration.publicURL = url
        }
        for (value, name) in [
            (environment["YOGI_GATEWAY_LOG_LEVEL"], "YOGI_GATEWAY_LOG_LEVEL"), (flags.logLevel, "--log-level"),
        ] {
            guard let value else { continue }
            guard let level = Logger.Level(rawValue: value) else {
                let known = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
                throw StartFailure("\(name) is '\(value)'; it must be one of \(known)")
            }
            configuration.logLevel = level
        }
        (flags.socket ?? environment["YOGIYOGI_SOCKET"]).map { configuration.socket = $0 }
        (flags.stateDirectory ?? environment["YOGI_GATEWAY_STATE_DIR"]).map { configuration.stateDirectory = $0 }
        (flags.credentialsDirectory ?? environment["YOGI_GATEWAY_CREDENTIALS_DIR"])
            .map { configuration.credentialsDirectory = $0 }
        try apply(participants: flags.participants, to: &configuration)
        try configuration.readIdentity(isOpen: flags.isOpen)
        try configuration.check()
        return configuration
    }

    private func apply(
        participants: [String], to configuration: inout GatewayConfiguration
    ) throws(StartFailure) {
        for text in participants {
            let sides = text.split(separator: "=", maxSplits: 1).map(String.init)
            guard sides.count == 2, GatewayConfiguration.isPlace(sides[1]) else {
                throw StartFailure("--participant is '\(text)'; it must be NAME=URL, as payment=unix:/run/payment.sock")
            }
            switch sides[0] {
            case "payment": configuration.lists.payment = sides[1]
            case "reservation": configuration.lists.reservation = sides[1]
            default: throw StartFailure("--participant is '\(text)'; the gateway asks payment and reservation")
            }
        }
    }
}
