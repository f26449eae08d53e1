import Foundation

/// Reads whole small files.
enum FileBytes {
    /// Why a file or folder cannot be read.
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    /// The bytes of a regular file; of a longer one just more than `most`, so that the caller sees that it is too large.
    static func read(_ path: String, most: Int) throws(Failure) -> [UInt8] {
        // A named pipe would make the daemon wait for ever.
        guard try isKind(path, .typeRegular) else { throw Failure(description: "is not a regular file") }
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw Failure(description: "the file cannot be opened: \(reason())")
        }
        do {
            let data = try handle.read(upToCount: most + 1)
            try handle.close()
            return Array(data ?? Data())
        } catch {
            throw Failure(description: "the file cannot be read: \(reason())")
        }
    }

    /// The names in a folder, sorted.
    static func names(in folder: String) throws(Failure) -> [String] {
        guard try isKind(folder, .typeDirectory) else { throw Failure(description: "is not a folder") }
        do {
            return try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        } catch {
            throw Failure(description: "the folder cannot be read: \(reason())")
        }
    }

    /// Whether there is a regular file.
    static func isFile(_ path: String) -> Bool { (try? isKind(path, .typeRegular)) == true }

    private static func isKind(_ path: String, _ kind: FileAttributeType) throws(Failure) -> Bool {
        let resolved = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        do {
            let attributes = try FileManager.default.attributesOfItem(atPath: resolved)
            return attributes[.type] as? FileAttributeType == kind
        } catch {
            throw Failure(description: "cannot be read: \(reason())")
        }
    }

    private static func reason() -> String { String(cString: strerror(errno)) }
}
