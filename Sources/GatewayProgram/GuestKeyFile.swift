import Basics
import Foundation
import Gateway
import Glibc
import Systemd

/// Where the key of the guests' links comes from: the credential `gateway-key`, else a file in the state directory that is made at the first
/// start. After a change the credential `gateway-key-previous` is taken too, so that links that are out there go on.
struct GuestKeyFile {
    static let name = "gateway-key"
    static let previousName = "gateway-key-previous"
    /// What the unit's `LoadCredential=yogiyogi:/etc/yogiyogi/credentials` puts before the name of each file there.
    private static let folderPrefix = "yogiyogi_"

    let configuration: GatewayConfiguration

    private var path: String { configuration.stateDirectory + "/" + Self.name }

    /// - Returns: the keys, and whether one was made.
    /// - Throws: ``StartFailure``, which has no byte of a key.
    func load() throws(StartFailure) -> (keys: GuestKeys, isNew: Bool) {
        let previous = try credential(Self.previousName).map { [$0] } ?? []
        if let current = try credential(Self.name) { return (try keys(current, previous), false) }
        if let text = try file() {
            return (try keys(Self.bytes(of: text, "the key file '\(path)'"), previous), false)
        }
        let current = (0..<GuestKeys.bytes).map { _ in UInt8.random(in: 0 ... .max) }
        try make(Data(current).base64EncodedString())
        return (try keys(current, previous), true)
    }

    private func keys(_ current: [UInt8], _ previous: [[UInt8]]) throws(StartFailure) -> GuestKeys {
        guard let keys = GuestKeys(current: current, previous: previous) else {
            throw StartFailure("a key of the guests' links has not 32 bytes")
        }
        return keys
    }

    private func credential(_ name: String) throws(StartFailure) -> [UInt8]? {
        let credentials = Credentials(directory: configuration.credentialsDirectory)
        let text: String?
        do {
            text = try credentials.text(named: name) ?? credentials.text(named: Self.folderPrefix + name)
        } catch {
            throw StartFailure("\(error)")
        }
        guard let text else { return nil }
        return try Self.bytes(of: text, "the credential '\(name)'")
    }

    private static func bytes(of text: String, _ origin: String) throws(StartFailure) -> [UInt8] {
        let text = text.trimmingCharacters(in: .whitespacesAndNewlines)
        let bytes =
            text.utf8.count == 2 * GuestKeys.bytes
            ? Hexadecimal.bytes(text).map { Array($0) } : Data(base64Encoded: text).map { Array($0) }
        guard let bytes, bytes.count == GuestKeys.bytes else {
            throw StartFailure(
                "\(origin) holds no key: it must be 32 random bytes in base64, as 'openssl rand -base64 32' prints them"
            )
        }
        return bytes
    }

    private func file() throws(StartFailure) -> String? {
        var found = stat()
        guard stat(path, &found) == 0 else {
            if errno == ENOENT { return nil }
            throw failure("read")
        }
        guard found.st_mode & 0o077 == 0 else {
            throw StartFailure(
                "the key file '\(path)' may be read by others than its user; 'chmod 600 \(path)', and think who has read it"
            )
        }
        guard let data = FileManager.default.contents(atPath: path) else { throw failure("read") }
        return String(decoding: data, as: UTF8.self)
    }

    /// Whole and on the disk before anything was made with it.
    private func make(_ text: String) throws(StartFailure) {
        do {
            try FileManager.default.createDirectory(
                atPath: configuration.stateDirectory, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        } catch {
            throw StartFailure(
                "cannot create the state directory '\(configuration.stateDirectory)'; check its parent, or name another "
                    + "with --state-dir", status: .mayPass)
        }
        let next = path + ".new"
        unlink(next)
        let descriptor = open(next, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure("make") }
        defer { close(descriptor) }
        let bytes = Array((text + "\n").utf8)
        guard write(descriptor, bytes, bytes.count) == bytes.count, fsync(descriptor) == 0, rename(next, path) == 0,
            Folder.sync(configuration.stateDirectory) == 0
        else { throw failure("write") }
    }

    private func failure(_ what: String) -> StartFailure {
        StartFailure(
            "cannot \(what) the key file '\(path)': \(String(cString: strerror(errno))); check the folder, its disk and its "
                + "owner", status: .mayPass)
    }
}
