import ArgumentParser
import Glibc

/// The options of every command, before or after its name.
struct GlobalOptions: ParsableArguments {
    @Option(help: "The daemon's socket.", completion: .file())
    var socket: String?

    @Option(help: "Tables for people, or the API's own resources as JSON for programs.")
    var output = Format.table

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case table, json
    }

    /// The socket to talk to: the option, the environment, the system's daemon, the user's daemon. The last is taken only when
    /// the system's is not there, so that an error names the place where a daemon should be.
    var socketPath: String {
        if let socket { return socket }
        if let named = Self.environment("YOGIYOGI_SOCKET") { return named }
        let system = "/run/yogiyogi.sock"
        guard access(system, F_OK) != 0, let folder = Self.environment("XDG_RUNTIME_DIR") else { return system }
        let own = "\(folder)/yogiyogi.sock"
        return access(own, F_OK) == 0 ? own : system
    }

    private static func environment(_ name: String) -> String? {
        guard let value = getenv(name), value.pointee != 0 else { return nil }
        return String(cString: value)
    }
}
