import Basics
internal import Glibc

/// The file of a ``TokenList``: the one thing here that reads and writes. It is replaced whole, under a lock, with mode 0600 and the owner
/// that it had: a reader finds the old one or the new one, and two writers lose neither's line.
public struct TokenFile: Sendable {
    private let path: String

    /// - Parameter path: of the file itself; a link is followed.
    public init(path: String) { self.path = path }

    /// - Throws: ``IdentityError`` when it is not there, cannot be read, or others than its owner may write it.
    public func read() throws(IdentityError) -> TokenList {
        guard let text = try text() else { throw missing }
        return try TokenList(text: text, origin: path)
    }

    private var missing: IdentityError {
        IdentityError("\(path) is not there: 'yogi-gateway token add --role ROLE --for NAME' makes it")
    }

    /// Makes a token and adds its line; a file that is not there is made.
    /// - Returns: the token, to be shown once.
    public func add(
        _ request: TokenRequest, using generator: inout some RandomNumberGenerator
    ) throws(IdentityError) -> String {
        let new = TokenList.make(request, using: &generator)
        try change { old throws(IdentityError) in
            var text = old ?? ""
            if !text.isEmpty, text.last?.isNewline != true { text += "\n" }
            text += new.entry.line + "\n"
            _ = try TokenList(text: text, origin: path)
            return text
        }
        return new.token
    }

    /// Takes the token with this id out, or all of this name.
    /// - Returns: how many.
    public func revoke(_ idOrName: String) throws(IdentityError) -> Int {
        var count = 0
        try change { old throws(IdentityError) in
            guard let old else { throw missing }
            let list = try TokenList(text: old, origin: path)
            let gone = list.entries.filter { $0.id == idOrName || $0.name.text == idOrName }
            guard !gone.isEmpty else {
                throw IdentityError(
                    "\(path) has no token '\(idOrName)': 'yogi-gateway token list' shows their ids and names")
            }
            count = gone.count
            let ids = Set(gone.map(\.id))
            return old.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).filter { line in
                let one = try? TokenList(text: String(line), origin: path)
                return one?.entries.first.map { !ids.contains($0.id) } ?? true
            }.joined(separator: "\n")
        }
        return count
    }

    private func change(_ body: (String?) throws(IdentityError) -> String) throws(IdentityError) {
        let path = Self.target(path)
        let folder = Self.folder(of: path)
        let lock = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard lock >= 0 else { throw failure("the folder \(folder) cannot be opened") }
        defer { close(lock) }
        guard flock(lock, LOCK_EX) == 0 else { throw failure("the folder \(folder) cannot be locked") }
        try replace(path, with: try body(try text()))
        guard Folder.sync(folder) == 0 else { throw failure("the folder \(folder) cannot be synced") }
    }

    private func replace(_ path: String, with text: String) throws(IdentityError) {
        let new = "\(path).\(getpid()).new"
        unlink(new)
        let file = open(new, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw failure("\(new) cannot be made") }
        defer { close(file) }
        var old = stat()
        if stat(path, &old) == 0, old.st_uid != geteuid() || old.st_gid != getegid(),
            fchown(file, old.st_uid, old.st_gid) != 0
        {
            unlink(new)
            throw failure("\(new) cannot be given to the owner of \(path)")
        }
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
            guard count > 0 else {
                unlink(new)
                throw failure("\(new) cannot be written")
            }
            rest = rest.dropFirst(count)
        }
        guard fsync(file) == 0, rename(new, path) == 0 else {
            unlink(new)
            throw failure("\(path) cannot be replaced")
        }
    }

    /// `nil` when it is not there.
    private func text() throws(IdentityError) -> String? {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else {
            if errno == ENOENT { return nil }
            throw failure("\(path) cannot be read")
        }
        defer { close(file) }
        var facts = stat()
        guard fstat(file, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else {
            throw IdentityError("\(path) is no file: name one")
        }
        guard facts.st_mode & 0o022 == 0 else {
            throw IdentityError(
                "\(path) may be written by others than its owner, who could give themselves a role: chmod 600")
        }
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 64 << 10)
        while bytes.count <= TokenList.bytesMax {
            let count = part.withUnsafeMutableBytes { Glibc.read(file, $0.baseAddress, $0.count) }
            guard count >= 0 else { throw failure("\(path) cannot be read") }
            if count == 0 { break }
            bytes += part.prefix(count)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw IdentityError("\(path) is no UTF-8 text: 'yogi-gateway token' writes it")
        }
        return text
    }

    private func failure(_ what: String) -> IdentityError {
        IdentityError("\(what): \(String(cString: strerror(errno)))")
    }

    private static func target(_ path: String) -> String {
        guard let real = realpath(path, nil) else { return path }
        defer { free(real) }
        return String(cString: real)
    }

    private static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
