import Foundation
import TestPrograms
import Testing

/// The Debian package that is tested: one of the programs that were built for the tests, or the file that `YOGIYOGI_PACKAGE` names, as
/// `make test-package` does for what is released.
struct Package: Sendable {
    /// Where it is.
    let path: String
    /// The folder of the programs that it was made of.
    let programs: String

    /// Whether it is what is released, with Swift's runtime linked in.
    static var isReleased: Bool { released != nil }

    private static let released = ProcessInfo.processInfo.environment["YOGIYOGI_PACKAGE"]

    /// Made once for all tests.
    private static let made = Task {
        let programs = try Programs.url("yogiyogid").deletingLastPathComponent().path
        let folder = programs + "/package-of-the-tests"
        try? FileManager.default.removeItem(atPath: folder)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        return Package(path: try await build(programs, into: folder), programs: programs)
    }

    /// The package.
    static func tested() async throws -> Package {
        guard let released else { return try await made.value }
        return Package(
            path: released, programs: URL(fileURLWithPath: released).deletingLastPathComponent().path + "/release")
    }

    /// Its version, from its name.
    func version() throws -> String {
        let parts = path.split(separator: "_")
        try #require(parts.count >= 3, "\(path) is named as no package")
        return String(parts[parts.count - 2])
    }

    /// Builds one of another version from the same programs into `folder`, and gives its path.
    func older(_ version: String, in folder: TemporaryFolder) async throws -> String {
        try await Self.build(programs, into: folder.path, version)
    }

    /// A machine with the package as `/package.deb`, not installed.
    func lab() throws -> Lab {
        var lab = try Lab()
        // What is released must do without.
        if !Self.isReleased { try lab.showRuntime() }
        lab.show(path, at: "/package.deb")
        return lab
    }

    /// The same of the package that is tested.
    static func lab() async throws -> Lab { try await tested().lab() }

    /// Installs it, as an operator would.
    static let install = "apt-get install -y -qq /package.deb >/dev/null 2>/apt || { cat /apt >&2; false; }\n"

    private static func build(_ programs: String, into folder: String, _ version: String...) async throws -> String {
        var environment = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "COMPRESSION": "none"]
        // Debian has no package for the runtime of the toolchain.
        if !isReleased { environment["SHLIBDEPS"] = "--ignore-missing-info" }
        let build = try await Child.run(
            Lab.root + "/systemd/debian/build", [programs, folder] + version, environment: environment)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        guard build.status == 0, let name = names.first(where: { $0.hasSuffix(".deb") }) else {
            throw ProgramFailure("systemd/debian/build ended with \(build.status): \(build.errors)")
        }
        return "\(folder)/\(name)"
    }
}

extension Trait where Self == ConditionTrait {
    /// For what is true of the released package alone.
    static var released: ConditionTrait {
        .enabled(if: Package.isReleased, "of the released package: 'make test-package'")
    }
}
