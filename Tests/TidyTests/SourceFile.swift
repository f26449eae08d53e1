import Foundation

/// What a rule found: printed as `path:line: rule: what`.
struct Violation: Sendable, Hashable, CustomStringConvertible {
    let path: String
    let line: Int
    let rule: String
    let what: String

    var description: String { "\(path):\(line): \(rule): \(what)" }
}

/// A Swift file of the package, read once for all rules.
struct SourceFile: Sendable {
    /// From the root of the package: `Sources/CEL/Lexer.swift`.
    let path: String
    let text: String
    /// Everything, and everything but comments.
    let tokens: [Token]
    let code: [Token]

    init(path: String, text: String) {
        self.path = path
        self.text = text
        tokens = Lexer.tokens(of: text)
        code = tokens.filter { $0.kind != .comment && $0.kind != .doc }
    }

    var isTest: Bool { path.hasPrefix("Tests/") }
    /// The target it belongs to: the folder below `Sources` or `Tests`.
    var target: String { path.split(separator: "/").dropFirst().first.map(String.init) ?? "" }
    var isExecutable: Bool { !isTest && Layers.executables.contains(target) }

    func violation(_ line: Int, _ rule: String, _ what: String) -> Violation {
        Violation(path: path, line: line, rule: rule, what: what)
    }
}

/// The files of the package that these tests are part of.
enum Package {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// Every Swift file below Sources and Tests.
    static func swiftFiles() throws -> [SourceFile] {
        try ["Sources", "Tests"].flatMap(paths(in:)).filter { $0.hasSuffix(".swift") }.map { path in
            SourceFile(path: path, text: try String(contentsOf: root.appending(path: path), encoding: .utf8))
        }
    }

    /// Every file below a folder of the package, sorted.
    static func paths(in folder: String) -> [String] {
        let found = FileManager.default.enumerator(atPath: root.appending(path: folder).path)
        return (found?.compactMap { $0 as? String } ?? []).sorted().map { folder + "/" + $0 }
    }

    /// The targets below `folder`: the folders that hold Swift or a module map, however deep. One that holds neither, as
    /// `Tests/Demo` with its scripts, is nothing that could be imported.
    static func targets(in folder: String) throws -> [String] {
        let place = root.appending(path: folder)
        return try FileManager.default.contentsOfDirectory(atPath: place.path).filter { name in
            let files = FileManager.default.enumerator(atPath: place.appending(path: name).path)
            return files?.contains { ($0 as? String).map(isSource) ?? false } ?? false
        }.sorted()
    }

    private static func isSource(_ path: String) -> Bool {
        [".swift", ".c", "module.modulemap"].contains { path.hasSuffix($0) }
    }

    /// What git keeps; where there is no git, as in an unpacked archive, the names at the top.
    static func trackedFiles() async throws -> [String] {
        let listed = try await run(["git", "ls-files", "--cached"], in: root)
        if listed.status == 0, !listed.output.isEmpty {
            return listed.output.split(separator: "\n").map(String.init)
        }
        return try FileManager.default.contentsOfDirectory(atPath: root.path)
            .filter { !$0.hasPrefix(".") && $0 != "Package.resolved" }
    }
}

/// Runs a program to its end, on a thread that may block, and returns what it wrote to both outputs.
func run(_ arguments: [String], in folder: URL) async throws -> (status: Int32, output: String) {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments = arguments
            process.currentDirectoryURL = folder
            let pipe = Pipe()
            process.standardOutput = pipe
            process.standardError = pipe
            continuation.resume(
                with: Result {
                    try process.run()
                    let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
                    process.waitUntilExit()
                    return (process.terminationStatus, output)
                })
        }
    }
}
