import Foundation
import TestPrograms

/// A language in which yogiyogi.participant(7) has a participant, and what runs it here.
enum Language: String, CaseIterable, Sendable {
    case python, php, node, go

    /// Those that can be run here: Python always, PHP where `make setup` has fetched it, the others where they are installed.
    static var atHand: [Language] { allCases.filter { $0 == .python || $0.program != nil } }

    /// The participant, as the page has it.
    func source() throws -> String {
        let page = try ManualPage.named("yogiyogi.participant(7)")
        guard let example = page.examples.first(where: { $0.kind == rawValue }) else {
            throw ProgramFailure("\(page.name) has no example in '\(rawValue)'")
        }
        return example.text
    }

    private var file: String { "hotel." + (["python": "py", "node": "js"][rawValue] ?? rawValue) }

    /// Writes it into a folder, and says what starts it.
    func prepare(in folder: TemporaryFolder, port: Int) async throws -> (
        command: [String], environment: [String: String]
    ) {
        let path = folder.file(file)
        try source().write(toFile: path, atomically: true, encoding: .utf8)
        guard let program else { throw ProgramFailure("there is no \(rawValue)3 on the PATH") }
        let store = folder.file("hotel.store")
        let environment = ["PATH": "/usr/bin:/bin", "HOME": folder.path, "HOTEL_DB": store]
        switch self {
        case .python, .node: return ([program, path, "\(port)", store], environment)
        case .php: return ([program] + Self.extensions + ["-S", "127.0.0.1:\(port)", path], environment)
        case .go:
            let built = folder.file("hotel")
            let run = try await Child.run(
                program, ["build", "-o", built, path],
                environment: environment.merging(["GOCACHE": folder.file("cache")]) { _, new in new })
            guard run.status == 0 else { throw ProgramFailure("go build: \(run.errors)") }
            return ([built, "\(port)", store], environment)
        }
    }

    private static let tools = Programs.root() + "/.build/tools/php"

    private var program: String? {
        let own = self == .php ? ["\(Self.tools)/usr/bin/php8.2"] : []
        let name = self == .python ? "python3" : rawValue
        let places = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin").split(separator: ":")
        return (own + places.map { "\($0)/\(name)" }).first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// Of the PHP that is only unpacked, which does not look for them where they are.
    private static var extensions: [String] {
        let folder = tools + "/usr/lib/php"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        guard let built = versions.first(where: { $0.hasPrefix("2") }) else { return [] }
        return ["-n"] + ["pdo", "pdo_sqlite"].flatMap { ["-d", "extension=\(folder)/\(built)/\($0).so"] }
    }
}
