import Foundation

/// Where a participant keeps its database when nobody says.
public enum DatabasePath {
    /// `$STATE_DIRECTORY/FILE` under systemd; else `$XDG_STATE_HOME/PARTICIPANT/FILE`; else below `~/.local/state`. The folder is made.
    ///
    /// - Parameter environment: that of the process when nil.
    /// - Throws: ``StoreError`` when there is no such place or the folder cannot be made.
    public static func standard(
        participant: String, file: String, environment: [String: String]? = nil
    ) throws(StoreError) -> String {
        let environment = environment ?? ProcessInfo.processInfo.environment
        let folder: String
        if let state = environment["STATE_DIRECTORY"]?.split(separator: ":").first {
            folder = String(state)
        } else if let state = environment["XDG_STATE_HOME"], !state.isEmpty {
            folder = "\(state)/\(participant)"
        } else if let home = environment["HOME"], !home.isEmpty {
            folder = "\(home)/.local/state/\(participant)"
        } else {
            throw StoreError("nobody says where the database is to be: name it with --database, or set STATE_DIRECTORY")
        }
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw StoreError("cannot make the folder '\(folder)' for the database: \(error.localizedDescription)")
        }
        return "\(folder)/\(file)"
    }
}
