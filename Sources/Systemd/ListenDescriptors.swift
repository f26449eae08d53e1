import CSystemd
import Glibc

/// A socket that the service manager bound and passed on.
public struct InheritedDescriptor: Sendable, Hashable {
    /// The descriptor; from 3 on.
    public let descriptor: Int32
    /// `FileDescriptorName=` of the `.socket` unit, by default the unit's name.
    public let name: String
}

/// Socket activation (sd_listen_fds(3)).
public enum ListenDescriptors {
    /// What was passed to this process; empty where nothing was. Once: `LISTEN_*` is unset, so that no child takes it for its own.
    ///
    /// Call it before threads read the environment: unsetting is not safe beside getenv(3).
    public static func take() -> [InheritedDescriptor] {
        var names: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
        let count = sd_listen_fds_with_names(1, &names)
        guard count > 0 else { return [] }
        defer { release(names) }
        return (0..<Int(count)).map { index in
            let name = names?[index].map { String(cString: $0) } ?? ""
            return InheritedDescriptor(descriptor: SD_LISTEN_FDS_START + Int32(index), name: name)
        }
    }

    /// The names are ours: each string, then the array.
    private static func release(_ names: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) {
        guard let names else { return }
        var index = 0
        while let name = names[index] {
            free(name)
            index += 1
        }
        free(names)
    }
}
