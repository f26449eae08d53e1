import CEL
import Foundation
import TestPrograms
import Testing

/// The commands of the manual are those of the programs, with options that they know.
@Suite struct CommandTests {
    /// Programs that are not ours.
    private static let others: Set<String> = [
        "systemctl", "journalctl", "apt", "curl", "adduser", "openssl", "make", "man", "python3", "php", "node", "go",
        "sh",
        "cat", "mkdir", "install",
    ]

    @Test func `every command of the manual is known, with its options`() async throws {
        var programs: [String: Value] = [:]
        for name in ["yogictl", "yogiyogid", "yogi-gateway", "yogi-payment", "yogi-reservation"] {
            let help = try await Programs.run(name, ["--experimental-dump-help"])
            programs[name] = try JSON.parse(Array(help.output.utf8))["command"]
        }
        var checked = 0
        for page in try ManualPage.all() {
            for example in page.examples where example.kind == "shell" {
                let lines = example.text.replacing("\\\n", with: " ").split(separator: "\n")
                for line in lines where !line.hasPrefix(" ") {
                    for command in Self.commands(String(line)) {
                        let place = "\(page.name), line \(example.line): \(line)"
                        if let help = command.first.flatMap({ programs[$0] }) {
                            checked += 1
                            Self.check(Array(command.dropFirst()), help, place)
                        } else if let name = command.first, !Self.others.contains(name) {
                            Issue.record("\(place): '\(name)' is none of our programs")
                        }
                    }
                }
            }
        }
        #expect(checked > 40)
    }

    /// The words of the commands of a line, without what is redirected and without remarks.
    private static func commands(_ line: String) -> [[String]] {
        var words: [[String]] = [[]]
        var word: String?
        var quote: Character?
        for character in line + " " {
            if let open = quote {
                if character == open { quote = nil } else { word = (word ?? "") + String(character) }
            } else if character == "'" || character == "\"" {
                quote = character
                word = word ?? ""
            } else if character == "#", word == nil {
                break
            } else if character == "|" || character == ";" || character == "&" {
                if let done = word { words[words.count - 1].append(done) }
                word = nil
                words.append([])
            } else if character == " " {
                if let done = word { words[words.count - 1].append(done) }
                word = nil
            } else {
                word = (word ?? "") + String(character)
            }
        }
        return words.filter { !$0.isEmpty }.map { command in
            command[0] == "sudo" ? Array(command.dropFirst()) : command
        }
    }

    private static func check(_ words: [String], _ help: Value, _ place: String) {
        var (command, options) = (help, Self.options(of: help))
        for word in words {
            if word == "--" { return }
            let name = String(word.prefix { $0 != "=" })
            if word.hasPrefix("--") || word.hasPrefix("-") && word.count == 2 {
                if !options.contains(name) { Issue.record("\(place): no option '\(name)'") }
            } else if let next = command["subcommands"]?.listValue?.first(where: {
                $0["commandName"]?.stringValue == word
            }) {
                command = next
                options.formUnion(Self.options(of: next))
            }
        }
        // A word that is no command of a program that has nothing but commands.
        if let first = words.first(where: { !$0.hasPrefix("-") }), command == help,
            help["commandName"]?.stringValue == "yogictl"
        {
            Issue.record("\(place): no command '\(first)'")
        }
    }

    private static func options(of command: Value) -> Set<String> {
        let arguments = command["arguments"]?.listValue ?? []
        let names = arguments.flatMap { $0["names"]?.listValue ?? [] }
        return Set(
            names.compactMap { name in
                name["name"]?.stringValue.map { (name["kind"]?.stringValue == "long" ? "--" : "-") + $0 }
            })
    }
}
