import Foundation

/// Secrets that the service manager hands to this service alone (systemd.exec(5), `LoadCredential=`), one file each.
public struct Credentials: Sendable {
    /// 1 MiB, systemd's own limit for a credential.
    public static let bytesMax = 1 << 20

    /// `$CREDENTIALS_DIRECTORY`; nil when the unit loads none or there is no unit.
    public let directory: String?

    /// Looks in `$CREDENTIALS_DIRECTORY`.
    public init() {
        self.init(directory: ProcessInfo.processInfo.environment["CREDENTIALS_DIRECTORY"])
    }

    /// Looks in `directory`.
    public init(directory: String?) {
        self.directory = directory
    }

    /// Why a credential that is there cannot be used.
    public struct Failure: Error, Sendable, CustomStringConvertible {
        /// The sentence for a person; never has a byte of the secret.
        public let description: String
    }

    /// The text of the credential `name` without a last line break, which editors and echo add; nil when there is none of that name.
    ///
    /// - Throws: ``Failure`` when it is no UTF-8, is larger than ``bytesMax``, or cannot be read; and for a `name` with a slash.
    public func text(named name: String) throws -> String? {
        guard let directory else { return nil }
        guard !name.isEmpty, !name.contains("/"), name != ".", name != ".." else {
            throw Failure(description: "'\(name)' is not the name of a credential: it is a file name without a folder")
        }
        let path = directory + "/" + name
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Failure(description: "the credential \(path) cannot be read")
        }
        guard data.count <= Self.bytesMax else {
            throw Failure(description: "the credential \(path) has \(data.count) bytes; \(Self.bytesMax) is the limit")
        }
        guard var text = String(data: data, encoding: .utf8) else {
            throw Failure(description: "the credential \(path) is not UTF-8 text")
        }
        if text.last?.isNewline == true { text.removeLast() }
        return text
    }
}
