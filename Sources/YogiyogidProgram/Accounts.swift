import Glibc

/// Users and groups of this machine by name or number (passwd(5), group(5), and what else nsswitch.conf(5) names).
enum Accounts {
    /// `nil` when nobody has that name; a number needs no name.
    static func user(_ text: String) -> UInt32? {
        if let number = UInt32(text) { return number }
        var entry = passwd()
        return found { room, size in
            var result: UnsafeMutablePointer<passwd>?
            let code = getpwnam_r(text, &entry, room, size, &result)
            return (code, result == nil ? nil : entry.pw_uid)
        }
    }

    /// `nil` when no group has that name; a number needs no name.
    static func group(_ text: String) -> UInt32? {
        if let number = UInt32(text) { return number }
        var entry = Glibc.group()
        return found { room, size in
            var result: UnsafeMutablePointer<Glibc.group>?
            let code = getgrnam_r(text, &entry, room, size, &result)
            return (code, result == nil ? nil : entry.gr_gid)
        }
    }

    /// A group's entry holds all its members: it is asked again with more room for as long as there is too little.
    private static func found(
        _ look: (UnsafeMutablePointer<CChar>, Int) -> (code: Int32, number: UInt32?)
    ) -> UInt32? {
        var size = 1 << 12
        while size <= 1 << 24 {
            let room = UnsafeMutablePointer<CChar>.allocate(capacity: size)
            defer { room.deallocate() }
            let (code, number) = look(room, size)
            guard code == ERANGE else { return number }
            size *= 4
        }
        return nil
    }
}
