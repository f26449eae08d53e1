import Foundation
import TestPrograms

/// The Debian package, as `make deb` built it.
enum Package {
    /// Its path.
    /// - Throws: ``ProgramFailure`` when there is none.
    static func path() throws -> String {
        let folder = Lab.root + "/.build-static"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        guard let name = names.first(where: { $0.hasPrefix("yogiyogi_") && $0.hasSuffix(".deb") }) else {
            throw ProgramFailure("there is no package in \(folder): run 'make deb' first")
        }
        return "\(folder)/\(name)"
    }

    /// A machine with the package as `/yogiyogi.deb`, not installed.
    static func lab() throws -> Lab {
        var lab = try Lab()
        try lab.show(path(), at: "/yogiyogi.deb")
        return lab
    }

    /// Installs it, as an operator would.
    static let install = "apt-get install -y -qq /yogiyogi.deb >/dev/null 2>/apt || { cat /apt >&2; false; }\n"
}
