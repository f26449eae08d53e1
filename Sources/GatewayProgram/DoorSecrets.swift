import Basics
import Foundation
import Gateway
import Glibc
import Identity
import Systemd

/// The secrets of the door. The key of links and cookies comes from the credential that the configuration names, else from a file in the
/// state directory that is made at the first start. After a change the credential with `-previous` behind its name is taken too, so that
/// links that are out there go on. Tokens come from their credential alone.
struct DoorSecrets {
    /// Of the key that is made.
    static let name = "gateway-key"
    private static let bytes = 32
    /// What the unit's `LoadCredential=yogiyogi:/etc/yogiyogi/credentials` puts before the name of each file there.
    private static let folderPrefix = "yogiyogi_"

    let configuration: GatewayConfiguration

    init(_ configuration: GatewayConfiguration) {
        self.configuration = configuration
    }

    private var path: String { configuration.stateDirectory + "/" + Self.name }

    /// - Returns: all that the door is made of, and whether its key was made.
    /// - Throws: ``StartFailure``, which has no byte of a secret.
    func load() throws(StartFailure) -> (house: Doorkeeper.House, isNew: Bool) {
        let identity = configuration.identity
        let previous = try key(identity.key + "-previous").map { [$0] } ?? []
        let tokens = try tokens(identity)
        if let current = try key(identity.key) {
            return (.init(identity, keys: SigningKeys(current: current, previous: previous), tokens: tokens), false)
        }
        let kept = try file()
        let text: String
        if let kept { text = kept } else { text = try make() }
        let current = try Self.reading { () throws(IdentityError) in
            try SigningKey(text: text, origin: "the key file '\(path)'")
        }
        return (.init(identity, keys: SigningKeys(current: current, previous: previous), tokens: tokens), kept == nil)
    }

    /// What the configuration names can be read; nothing is made.
    func check() throws(StartFailure) {
        let identity = configuration.identity
        for name in [identity.key, identity.key + "-previous"] { _ = try key(name) }
        _ = try tokens(identity)
    }

    private func key(_ name: String) throws(StartFailure) -> SigningKey? {
        guard let text = try credential(name) else { return nil }
        return try Self.reading { () throws(IdentityError) in
            try SigningKey(text: text, origin: "the credential '\(name)'")
        }
    }

    private func tokens(_ identity: IdentityConfiguration) throws(StartFailure) -> TokenList {
        guard let name = identity.tokens else { return .none }
        guard let text = try credential(name) else {
            throw StartFailure(
                "'identity.tokens' names the credential '\(name)', which is not there: 'yogi-gateway token add --file PATH' makes "
                    + "the file, in the folder of the gateway's credentials")
        }
        return try Self.reading { () throws(IdentityError) in
            try TokenList(text: text, origin: "the credential '\(name)'")
        }
    }

    private static func reading<Result>(
        _ body: () throws(IdentityError) -> Result
    ) throws(StartFailure) -> Result {
        do throws(IdentityError) {
            return try body()
        } catch {
            throw StartFailure(lines: error.lines)
        }
    }

    private func credential(_ name: String) throws(StartFailure) -> String? {
        let credentials = Credentials(directory: configuration.credentialsDirectory)
        do {
            return try credentials.text(named: name) ?? credentials.text(named: Self.folderPrefix + name)
        } catch {
            throw StartFailure("\(error)")
        }
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
    private func make() throws(StartFailure) -> String {
        let text = Data((0..<Self.bytes).map { _ in UInt8.random(in: 0 ... .max) }).base64EncodedString()
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
        return text
    }

    private func failure(_ what: String) -> StartFailure {
        StartFailure(
            "cannot \(what) the key file '\(path)': \(String(cString: strerror(errno))); check the folder, its disk and its "
                + "owner", status: .mayPass)
    }
}
