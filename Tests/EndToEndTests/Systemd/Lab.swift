import Foundation
import TestPrograms
import Testing

/// A machine with a real systemd, booted for one script and gone after it: see `with-systemd --help`.
///
/// Its root is an overlay on this machine's: what a script writes is gone with it. Of this machine's homes, and of a service that is
/// installed here, it sees nothing.
struct Lab: Sendable {
    private let folder: TemporaryFolder
    private var options: [String]
    private var prelude = ""

    /// A machine where nothing of ours is installed.
    init() throws {
        folder = try TemporaryFolder()
        options = ["--bind-ro", Self.root]
        for place in ["/etc/yogiyogi", "/var/lib/yogi*", "/var/lib/private/yogi*"] { options += ["--hide", place] }
    }

    /// Shows Swift's runtime to programs that were built for the tests, wherever it is on this machine: services see no homes.
    mutating func showRuntime() throws {
        guard let folder = try Self.runtime() else { return }
        show(folder, at: Self.shownRuntime)
        try write(Self.shownRuntime + "\n", to: "/etc/ld.so.conf.d/swift.conf")
        prelude += "ldconfig\n"
    }

    private static let shownRuntime = "/usr/local/lib/swift-runtime"

    /// Where this process has it from; `nil` when it is linked in.
    private static func runtime() throws -> String? {
        let maps = try String(contentsOfFile: "/proc/self/maps", encoding: .utf8)
        let line = maps.split(separator: "\n").first { $0.hasSuffix("/libswiftCore.so") }
        return line.flatMap { line in
            line.firstIndex(of: "/").map { URL(fileURLWithPath: String(line[$0...])).deletingLastPathComponent().path }
        }
    }

    /// A machine with the units of `systemd/`, the programs as built for the tests and the default configuration, nothing started.
    static func hotel() throws -> Lab {
        var lab = try Lab()
        try lab.showRuntime()
        let source = root + "/systemd"
        for name in try FileManager.default.contentsOfDirectory(atPath: source).sorted() {
            switch URL(fileURLWithPath: name).pathExtension {
            case "service", "socket", "target": lab.add(unit: "\(source)/\(name)")
            case "catalog": lab.copy("\(source)/\(name)", to: "/usr/lib/systemd/catalog/\(name)")
            default: break
            }
        }
        for name in ["yogiyogid", "yogictl", "yogi-gateway", "yogi-payment", "yogi-reservation"] {
            lab.show(try Programs.url(name).path, at: "/usr/bin/\(name)")
        }
        lab.copy("\(source)/sysusers.conf", to: "/usr/lib/sysusers.d/yogiyogi.conf")
        lab.copy("\(source)/tmpfiles.conf", to: "/usr/lib/tmpfiles.d/yogiyogi.conf")
        lab.copy("\(source)/yogiyogid.yaml", to: "/etc/yogiyogi/yogiyogid.yaml")
        lab.copy(root + "/workflows/reservation.yaml", to: "/usr/share/yogiyogi/workflows/reservation.yaml")
        lab.prelude += """
            systemd-sysusers; systemd-tmpfiles --create yogiyogi.conf; journalctl --update-catalog

            """
        return lab
    }

    /// Adds a unit file, or a folder of units and drop-ins.
    mutating func add(unit path: String) { options += ["--unit", path] }

    /// Copies a file or folder of this machine to `place` in the lab.
    mutating func copy(_ path: String, to place: String) { options += ["--copy", "\(path):\(place)"] }

    /// Shows a file or folder of this machine at `place` in the lab, where it can be read.
    mutating func show(_ path: String, at place: String) { options += ["--bind-ro", "\(path):\(place)"] }

    /// Shows a file or folder of this machine in the lab, where it can be written: the way out for what a script makes.
    mutating func share(_ path: String) { options += ["--bind", path] }

    /// Makes a file in the lab: a drop-in, a configuration, a workflow.
    mutating func write(_ text: String, to place: String) throws {
        let path = folder.file(UUID().uuidString)
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        copy(path, to: place)
    }

    /// Boots, runs `script` in bash as root with the functions of `lab.bash`, and ends it all.
    ///
    /// The script ends at its first command that fails, and says on standard error which. One that hangs ends with status 124.
    func run(_ script: String) async throws -> LabRun {
        let (path, journal) = (folder.file("script"), folder.file("journal"))
        try (". /lab.bash\n" + prelude + script).write(toFile: path, atomically: true, encoding: .utf8)
        let arguments =
            options + [
                "--copy", "\(path):/script", "--copy", "\(Self.place)/lab.bash:/lab.bash",
                "--timeout", "\(2 * HangLimit.seconds)", "--journal", journal,
            ]
            + ["--", "/bin/bash", "/script"]
        let (status, output, errors) = try await Self.command(arguments)
        return LabRun(
            status: status, output: output, errors: errors,
            journalText: (try? String(contentsOfFile: journal, encoding: .utf8)) ?? "")
    }

    /// Where this file and `with-systemd` are.
    private static let place = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path
    /// What scripts may read, at the same place in the lab.
    static let fixtures = place + "/Fixtures"
    /// The root of the project.
    static let root = Programs.root()

    /// Three machines at a time: more boot no sooner on few cores.
    private static let slots = DispatchSemaphore(value: 3)

    private static func command(_ arguments: [String]) async throws -> Child.Run {
        try await withCheckedThrowingContinuation { continuation in
            // Not on the threads that tasks run on: those are few.
            Thread.detachNewThread {
                slots.wait()
                defer { slots.signal() }
                continuation.resume(with: Result { try start(arguments) })
            }
        }
    }

    private static func start(_ arguments: [String]) throws -> Child.Run {
        try Child.runBlocking(
            "/usr/bin/env", ["--chdir=/", place + "/with-systemd"] + arguments,
            environment: ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"])
    }
}

extension Lab {
    /// Why no systemd can be booted here, found by booting one; nil when it can.
    static let obstacle: String? = {
        do {
            let (status, _, errors) = try start(["--", "/bin/true"])
            return status == 0 ? nil : errors.trimmingCharacters(in: .whitespacesAndNewlines)
        } catch {
            return "\(error)"
        }
    }()

    /// `YOGIYOGI_REQUIRE_SYSTEMD=1` makes the tests fail where no systemd can be booted, instead of being skipped.
    static let isRequired = ProcessInfo.processInfo.environment["YOGIYOGI_REQUIRE_SYSTEMD"] == "1"
}

extension Trait where Self == ConditionTrait {
    /// For tests that boot a systemd: root, and the Debian packages that `make setup` installs.
    static var systemd: ConditionTrait {
        .enabled(
            if: Lab.isRequired || Lab.obstacle == nil, "no systemd can be booted: \(Lab.obstacle ?? "")")
    }
}
