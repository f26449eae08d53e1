import Foundation
import TestPrograms

/// Lists that the sources have as literals: which keys a reader takes, which members a resource has. Read from the sources, as nothing
/// that runs has them in one place, and a list that is added there is then missed here at once.
enum CodeLists {
    /// The text of a file or of all files below a folder of `Sources`, without comments.
    static func source(_ path: String) throws -> String {
        let full = "\(Programs.root())/Sources/\(path)"
        guard !path.hasSuffix(".swift") else { return try code(full) }
        let files = FileManager.default.enumerator(atPath: full)?.compactMap { $0 as? String } ?? []
        return try files.filter { $0.hasSuffix(".swift") }.sorted().map { try code("\(full)/\($0)") }.joined()
    }

    private static func code(_ path: String) throws -> String {
        try String(contentsOfFile: path, encoding: .utf8)
            .components(separatedBy: "\n").filter { !$0.drop { $0 == " " }.hasPrefix("//") }.joined(separator: "\n")
            + "\n"
    }

    private static var literal: Regex<(Substring, Substring)> { #/\[(\s*"[^"\\]*"(?:\s*,\s*"[^"\\]*")*\s*,?\s*)\]/# }

    /// The keys that the maps of a file may have, a set for each: a list that is given to `entries(…)` or `members(…)`, or that has a
    /// name that says that it is one.
    static func keys(in source: String) -> [Set<String>] {
        source.matches(of: literal).compactMap { match in
            let before = source[..<match.range.lowerBound]
            let line = String(before.suffix(160))
            let call = line.range(of: #"(entries|members)\((?:[^()]|\([^()]*\))*$"#, options: .regularExpression)
            let name = line.range(of: #"let (\w*[kK]eys|known)(: \[String\])? = $"#, options: .regularExpression)
            return call ?? name == nil ? nil : words(String(match.1))
        }
    }

    /// The lists of `static let NAME = […]`.
    static func namedLists(in source: String) -> [String: Set<String>] {
        let named = #/static let (\w+)(?:: \[String\])? = \[/#
        return source.matches(of: named).reduce(into: [:]) { lists, match in
            let rest = source[source.index(before: match.range.upperBound)...]
            if let list = rest.prefixMatch(of: literal) { lists[String(match.1)] = words(String(list.1)) }
        }
    }

    /// The members of the objects that are written as JSON, a set for each.
    static func members(in source: String) -> [Set<String>] {
        source.matches(of: #/MapValue\(\s*(?:present: |distinct: )?\[/#).compactMap { match in
            var depth = 1
            let rest = source[match.range.upperBound...]
            let body = rest.prefix { character in
                depth += character == "[" ? 1 : character == "]" ? -1 : 0
                return depth > 0
            }
            let names = body.matches(of: #/\(\s*"([A-Za-z]+)",/#).map { String($0.1) }
            return names.isEmpty ? nil : Set(names)
        }
    }

    /// The words of every list that is given under a label: `knowing: ["wait", "timeout"]`.
    static func words(after label: String, in source: String) -> Set<String> {
        source.components(separatedBy: label).dropFirst().reduce(into: []) { all, rest in
            let text = rest.drop(while: \.isWhitespace)
            if let list = text.prefixMatch(of: literal) { all.formUnion(words(String(list.1))) }
        }
    }

    /// All that a pattern with one group finds.
    static func all(_ pattern: Regex<(Substring, Substring)>, in source: String) -> Set<String> {
        Set(source.matches(of: pattern).map { String($0.1) })
    }

    private static func words(_ list: String) -> Set<String> { all(#/"([^"]*)"/#, in: list) }
}
