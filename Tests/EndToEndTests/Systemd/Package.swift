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

    /// Its version, from its name.
    static func version() throws -> String {
        let parts = try path().split(separator: "_")
        return String(parts[parts.count - 2])
    }

    /// Builds one of another version from the same programs into `folder`, and gives its path.
    static func older(_ version: String, in folder: TemporaryFolder) async throws -> String {
        let build = try await Child.run(
            Lab.root + "/systemd/debian/build", [Lab.root + "/.build-static/release", folder.path, version],
            environment: ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "COMPRESSION": "none"])
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        guard build.status == 0, let name = names.first(where: { $0.hasSuffix(".deb") }) else {
            throw ProgramFailure("systemd/debian/build ended with \(build.status): \(build.errors)")
        }
        return folder.file(name)
    }

    /// A machine with the package as `/package.deb`, not installed.
    static func lab() throws -> Lab {
        var lab = try Lab()
        try lab.show(path(), at: "/package.deb")
        return lab
    }

    /// Installs it, as an operator would.
    static let install = "apt-get install -y -qq /package.deb >/dev/null 2>/apt || { cat /apt >&2; false; }\n"
}
