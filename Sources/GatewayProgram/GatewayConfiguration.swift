import Foundation
import Gateway
import Identity
import Listener
import Logging

/// What the gateway runs with, after file, environment and flags.
struct GatewayConfiguration: Sendable {
    var listen = ListenAddress.tcp(host: "127.0.0.1", port: 8080)
    /// The daemon's.
    var socket: String
    /// Where its key lies when no credential is one.
    var stateDirectory: String
    /// Where credentials are; `nil`: there are none.
    var credentialsDirectory: String?
    /// Who is asked for what, and whose word is believed.
    var identity = IdentityConfiguration()
    /// `identity:` of the file, which is judged when it is known where the gateway listens.
    var identitySection: IdentitySection?
    /// What links begin with, without a slash at its end.
    var publicURL = ""
    var lists = ParticipantLists.Places()
    /// Which rooms the page for ordering offers; `nil` for those that the gateway has by itself.
    var rooms: [String]?
    /// What connections are encrypted by; `nil`: they are not.
    var tls: TLSFiles?
    /// Bytes of a request body.
    var bodyMax = 64 << 10
    /// Connections at once; fewer where the descriptor limit leaves room for fewer.
    var connectionsMax = 4_096
    var logLevel = Logger.Level.info

    /// The file that is read when none is named.
    static let fileDefault = "/etc/yogiyogi/yogi-gateway.yaml"

    static func defaults(_ environment: [String: String]) -> GatewayConfiguration {
        let home = environment["HOME"] ?? "/"
        let state =
            environment["STATE_DIRECTORY"].map { String($0.prefix { $0 != ":" }) }
            ?? (environment["XDG_STATE_HOME"] ?? home + "/.local/state") + "/yogi-gateway"
        let own = environment["XDG_RUNTIME_DIR"].map { $0 + "/yogiyogi.sock" }
        return GatewayConfiguration(
            socket: getuid() == 0 ? "/run/yogiyogi.sock" : own ?? "/run/yogiyogi.sock", stateDirectory: state,
            credentialsDirectory: environment["CREDENTIALS_DIRECTORY"])
    }

    /// What does not go together.
    /// - Throws: ``StartFailure``.
    func check() throws(StartFailure) {
        guard identity.isOpen, !publicURL.isEmpty else { return }
        throw StartFailure(
            "'identity.open' lets everybody do everything and is for playing on this machine, but 'publicUrl' is \(publicURL): who "
                + "comes through a proxy comes from this machine too; take one of them away")
    }

    /// Reads who is asked for what.
    /// - Parameter isOpen: as a flag has it, over the file.
    /// - Throws: ``StartFailure`` with every fault.
    mutating func readIdentity(isOpen: Bool) throws(StartFailure) {
        let section = identitySection ?? IdentitySection()
        do throws(IdentityConfiguration.Faults) {
            identity = try section.read(listening: [listening], isOpen: isOpen)
        } catch {
            throw StartFailure(lines: error.all.map(section.line))
        }
        if identity.origins.isEmpty, let origin = Self.origin(publicURL) { identity.origins = [origin] }
    }

    private var listening: IdentityConfiguration.Listening {
        switch listen {
        case .unix(let path, _): .socket(path: path)
        case .descriptor(let number): .name("the inherited socket \(number)")
        case .tcp(let host, _):
            InternetAddress(host == "localhost" ? "127.0.0.1" : host).map { .address($0) } ?? .name(host)
        }
    }

    /// The certificate with its chain and the key, as PEM: paths, or names of credentials.
    struct TLSFiles: Sendable, Hashable {
        var certificate: String
        var key: String
    }

    /// As the files read now.
    /// - Throws: ``StartFailure``.
    func serverTLS() throws(StartFailure) -> ServerTLS? {
        guard let tls else { return nil }
        let (certificate, key) = (try file(tls.certificate), try file(tls.key))
        do throws(ListenError) {
            return try ServerTLS(certificate: certificate, key: key)
        } catch {
            throw StartFailure("'tls': \(error)")
        }
    }

    private func file(_ name: String) throws(StartFailure) -> [UInt8] {
        var paths = [name]
        if !name.contains("/"), let credentialsDirectory {
            // The second is what `LoadCredential=yogiyogi:FOLDER` calls the files of a folder.
            paths = ["", "yogiyogi_"].map { "\(credentialsDirectory)/\($0)\(name)" }
        }
        for path in paths { if let data = FileManager.default.contents(atPath: path) { return Array(data) } }
        throw StartFailure("'tls': '\(name)' cannot be read; it must be a path, or the name of a credential")
    }

    var settings: Gateway.Settings {
        var settings = Gateway.Settings(lists: lists)
        settings.bodyMax = bodyMax
        settings.publicURL = publicURL
        if let rooms { settings.rooms = rooms }
        settings.isSecure = tls != nil || publicURL.hasPrefix("https:")
        return settings
    }
}
