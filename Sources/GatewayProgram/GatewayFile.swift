import Foundation
import Gateway
import Identity
import Listener
import Logging
import SagaCore
import WorkflowFile

/// Reads `yogi-gateway.yaml` strictly: every fault at once, each as `path:line:column: error: text`.
struct GatewayFile: NodeReading {
    let path: String
    var faults: [StrictYAML.Fault] = []

    /// Applies the file's text to a configuration.
    /// - Throws: ``StartFailure`` with all faults.
    static func apply(
        _ text: String, path: String, to configuration: inout GatewayConfiguration
    ) throws(StartFailure) {
        let yaml = StrictYAML(text, empty: "the configuration is empty; write '{}' where nothing is to be set")
        var file = GatewayFile(path: path, faults: yaml.faults)
        if let root = yaml.root { file.read(root, &configuration) }
        guard file.faults.isEmpty else {
            let sorted = file.faults.sorted { ($0.place.line, $0.place.column) < ($1.place.line, $1.place.column) }
            throw StartFailure(lines: sorted.map { "\(path):\($0.place): error: \($0.text)" })
        }
    }

    private mutating func read(_ root: YAMLNode, _ configuration: inout GatewayConfiguration) {
        let keys = [
            "listen", "socket", "stateDirectory", "identity", "publicUrl", "tls", "participants", "rooms", "limits",
            "log",
        ]
        for entry in entries(root, "the configuration", keys) {
            switch entry.key {
            case "listen":
                guard let text = text(entry.value, "listen") else { continue }
                if let address = ListenAddress(parsing: text) {
                    configuration.listen = address
                } else {
                    fault(entry.value.place, "'listen' is '\(text)'; it must be HOST:PORT or unix:/PATH")
                }
            case "socket": text(entry.value, "socket").map { configuration.socket = $0 }
            case "stateDirectory": text(entry.value, "stateDirectory").map { configuration.stateDirectory = $0 }
            case "identity": identity(entry.value, &configuration)
            case "publicUrl":
                guard let text = text(entry.value, "publicUrl") else { continue }
                if let url = GatewayConfiguration.publicURL(text) {
                    configuration.publicURL = url
                } else {
                    fault(entry.value.place, "'publicUrl' must be http://HOST or https://HOST, and may have a path")
                }
            case "tls": tls(entry.value, &configuration)
            case "participants": participants(entry.value, &configuration)
            case "rooms": rooms(entry.value, &configuration)
            case "limits": limits(entry.value, &configuration)
            case "log": log(entry.value, &configuration)
            default: break
            }
        }
    }

    /// Where the gateway listens may be told elsewhere: what depends on it is judged later.
    private mutating func identity(_ node: YAMLNode, _ configuration: inout GatewayConfiguration) {
        let section = IdentitySection(node, file: path)
        configuration.identitySection = section
        do throws(IdentityConfiguration.Faults) {
            _ = try section.read(listening: InternetAddress("127.0.0.1").map { [.address($0)] } ?? [])
        } catch {
            for one in error.all { fault(section.place(of: one.path) ?? node.place, one.description) }
        }
    }

    private mutating func tls(_ node: YAMLNode, _ configuration: inout GatewayConfiguration) {
        var files: [String: String] = [:]
        for entry in entries(node, "'tls'", ["certificate", "key"]) { files[entry.key] = text(entry.value, entry.key) }
        guard let certificate = files["certificate"], let key = files["key"] else {
            fault(node.place, "'tls' needs both 'certificate' and 'key'")
            return
        }
        configuration.tls = .init(certificate: certificate, key: key)
    }

    private mutating func participants(_ node: YAMLNode, _ configuration: inout GatewayConfiguration) {
        for entry in entries(node, "'participants'", ["payment", "reservation"]) {
            guard let text = text(entry.value, entry.key) else { continue }
            guard GatewayConfiguration.isPlace(text) else {
                fault(entry.value.place, "'\(entry.key)' must be unix:/PATH, http://HOST:PORT or https://HOST")
                continue
            }
            if entry.key == "payment" {
                configuration.lists.payment = text
            } else {
                configuration.lists.reservation = text
            }
        }
    }

    private mutating func rooms(_ node: YAMLNode, _ configuration: inout GatewayConfiguration) {
        let names = (node.items ?? []).compactMap { $0.scalar?.text }.filter { (1...40).contains($0.utf8.count) }
        guard let items = node.items, names.count == items.count, (1...Self.roomsMax).contains(names.count),
            Set(names).count == names.count
        else {
            fault(node.place, "'rooms' must be a list of 1 to \(Self.roomsMax) different rooms, such as [101, 102]")
            return
        }
        configuration.rooms = names
    }

    /// Each is asked for when somebody looks at the page for ordering.
    private static let roomsMax = 50

    private mutating func limits(_ node: YAMLNode, _ configuration: inout GatewayConfiguration) {
        for entry in entries(node, "'limits'", ["body", "connections"]) {
            if entry.key == "body" {
                bytes(entry.value, "body", 1 << 10...64 << 20).map { configuration.bodyMax = $0 }
            } else if entry.key == "connections" {
                number(entry.value, "connections", 8...1_000_000).map { configuration.connectionsMax = $0 }
            }
        }
    }

    private mutating func log(_ node: YAMLNode, _ configuration: inout GatewayConfiguration) {
        for entry in entries(node, "'log'", ["level"]) {
            guard entry.key == "level", let name = text(entry.value, "level") else { continue }
            if let level = Logger.Level(rawValue: name) {
                configuration.logLevel = level
            } else {
                let known = Logger.Level.allCases.map(\.rawValue)
                fault(entry.value.place, "no log level '\(name)'\(Spelling.hint(for: name, among: known))")
            }
        }
    }
}

extension GatewayConfiguration {
    /// Scheme, host and port of a URL, as browsers name a page's origin; `nil` for none.
    static func origin(_ url: String) -> String? {
        guard let url = URL(string: url), let scheme = url.scheme?.lowercased(), let host = url.host()?.lowercased()
        else { return nil }
        let port = url.port.flatMap { $0 == (scheme == "https" ? 443 : 80) ? nil : ":\($0)" } ?? ""
        return "\(scheme)://\(host)\(port)"
    }

    /// Without a slash at its end; `nil` for what no link can begin with.
    static func publicURL(_ text: String) -> String? {
        guard let url = URL(string: text), ["http", "https"].contains(url.scheme), url.host()?.isEmpty == false,
            url.query() == nil, url.fragment() == nil, url.user() == nil
        else { return nil }
        var text = text
        while text.hasSuffix("/") { text.removeLast() }
        return text
    }

    static func isPlace(_ text: String) -> Bool {
        if text.hasPrefix("unix:/") { return text.utf8.count <= "unix:".utf8.count + 107 }
        return publicURL(text) != nil
    }
}
