import SagaCore
import Yams

/// Composes a text with Yams and turns it into nodes of our own.
struct YAMLReader {
    /// Stands in a duplicate key after it was reported, so that the rest of the file can still be read.
    private static let blot: Unicode.Scalar = "\u{E000}"
    /// A file with more duplicate keys than this is reported up to here.
    private static let duplicatesMax = 20

    /// What is said of a file without anything in it.
    static let emptyWorkflow = "the file is empty; a workflow starts with 'workflow: NAME'"

    private let source: SourceText
    private let emptyText: String
    private(set) var findings: [YAMLGuard.Finding] = []

    init(_ source: SourceText, empty: String = Self.emptyWorkflow) {
        self.source = source
        emptyText = empty
    }

    /// The root, or `nil` when the text is no YAML that we take; then ``findings`` say why. Duplicate keys give findings and a root.
    mutating func read() -> YAMLNode? {
        findings = YAMLGuard(source).findings
        guard findings.isEmpty else { return nil }
        var scalars = source.scalars
        for _ in 0...Self.duplicatesMax {
            var text = String.UnicodeScalarView()
            text.append(contentsOf: scalars)
            do {
                // The parser must outlive the walk: nodes hold their anchors weakly.
                let parser = try Yams.Parser(yaml: String(text), encoding: .utf8)
                return try withExtendedLifetime(parser) { () throws -> YAMLNode? in
                    guard let root = try parser.singleRoot() else { return empty() }
                    return convert(root, depth: 1)
                }
            } catch let YamlError.duplicatedKeysInMapping(names, context) {
                guard let name = names.first, let second = duplicate(of: name, at: context.mark, in: scalars) else {
                    add(offset(context.mark), .duplicateKey, "duplicate key '\(names.first ?? "")'")
                    return nil
                }
                let line = context.mark.line
                add(second.key, .duplicateKey, "duplicate key '\(name)'; the first is on line \(line)")
                scalars[second.blot] = Self.blot
            } catch {
                fail(error)
                return nil
            }
        }
        return nil
    }

    private mutating func empty() -> YAMLNode? {
        add(0, .emptyFile, emptyText)
        return nil
    }

    /// Where the second key of that name stands: in a block mapping the next line with it at the same column, in a flow
    /// mapping the next occurrence as a key. `key` is where it starts, `blot` a scalar of its text.
    private func duplicate(of name: String, at mark: Mark, in scalars: [Unicode.Scalar]) -> (key: Int, blot: Int)? {
        let wanted = Array(name.unicodeScalars)
        guard !wanted.isEmpty else { return nil }
        func key(at start: Int) -> Int? {
            var at = start
            let quote = at < scalars.count && (scalars[at] == "'" || scalars[at] == "\"") ? scalars[at] : nil
            if quote != nil { at += 1 }
            guard at + wanted.count <= scalars.count, scalars[at..<at + wanted.count].elementsEqual(wanted) else {
                return nil
            }
            let text = at
            at += wanted.count
            if let quote {
                guard at < scalars.count, scalars[at] == quote else { return nil }
                at += 1
            }
            while at < scalars.count, scalars[at].isBlank { at += 1 }
            return at < scalars.count && scalars[at] == ":" ? text : nil
        }
        for line in source.lineStarts.indices.dropFirst(mark.line) {
            let start = source.lineStarts[line]
            let at = start + mark.column - 1
            guard at <= source.lineEnd(from: start), let text = key(at: at) else { continue }
            let before = scalars[start..<at]
            if before.allSatisfy({ $0 == " " || $0 == "-" }) { return (at, text) }
        }
        // In a flow mapping.
        var at = offset(mark) + wanted.count
        while at < scalars.count {
            if let text = key(at: at), at > 0, !isPartOfWord(scalars[at - 1]) { return (at, text) }
            at += 1
        }
        return nil
    }

    private func isPartOfWord(_ scalar: Unicode.Scalar) -> Bool {
        !scalar.isBlank && !scalar.isBreak && scalar != "," && scalar != "{"
    }

    private mutating func fail(_ error: any Error) {
        switch error {
        case YamlError.scanner(let context, let problem, let mark, _),
            YamlError.parser(let context, let problem, let mark, _):
            let end = mark.line > source.lineStarts.count
            let found = Place(line: mark.line, column: mark.column)
            let words = YAMLWords(source).words(
                for: problem, at: found, in: context.map { Place(line: $0.mark.line, column: $0.mark.column) })
            let place = words.map { source.offset(of: $0.place) } ?? offset(mark)
            let cure = hint(mark)
            var text = words?.text ?? Self.sentence(problem, context?.text)
            // One cure is enough.
            if !cure.isEmpty, text.contains("in quotes") { text = String(text.prefix { $0 != ";" }) }
            add(end && (words?.place ?? found) == found ? source.scalars.count : place, .syntax, text + cure)
        case YamlError.composer(_, let problem, let mark, _):
            if problem.contains("another document") {
                add(offset(mark), .severalDocuments, "a second document; a file holds one workflow")
            } else {
                add(offset(mark), .syntax, problem)
            }
        case YamlError.reader(let problem, let at, _, _):
            add(at ?? 0, .syntax, problem)
        default:
            add(0, .syntax, "the file cannot be read as YAML: \(error)")
        }
    }

    private static func sentence(_ problem: String, _ context: String?) -> String {
        guard let context, !context.isEmpty else { return problem }
        return "\(problem) (\(context))"
    }

    /// The commonest slip: `? :` of an expression outside quotes is a mapping for YAML.
    private func hint(_ mark: Mark) -> String {
        let start = source.offset(of: Place(line: mark.line, column: 1))
        let line = source.scalars[start..<source.lineEnd(from: start)]
        guard line.contains("$"), line.contains("{") else { return "" }
        return "; put the text with '${ }' in quotes"
    }

    private mutating func convert(_ node: Node, depth: Int) -> YAMLNode? {
        let place = Place(line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
        if let anchor = node.anchor {
            add(source.offset(of: place), .alias, "anchor '&\(anchor.rawValue)'; anchors and aliases are not supported")
            return nil
        }
        guard depth <= YAMLGuard.depthMax else {
            add(source.offset(of: place), .nestedTooDeep, "nested deeper than \(YAMLGuard.depthMax) levels")
            return nil
        }
        switch node {
        case .scalar(let scalar):
            let content = YAMLNode.Scalar(
                text: scalar.string, isPlain: scalar.style == .plain, isDoubleQuoted: scalar.style == .doubleQuoted)
            return YAMLNode(content: .scalar(content), place: place)
        case .sequence(let sequence):
            return YAMLNode(content: .list(sequence.compactMap { convert($0, depth: depth + 1) }), place: place)
        case .mapping(let mapping):
            return YAMLNode(content: .map(entries(of: mapping, depth: depth)), place: place)
        case .alias:
            add(source.offset(of: place), .alias, "an alias; anchors and aliases are not supported")
            return nil
        }
    }

    private mutating func entries(of mapping: Node.Mapping, depth: Int) -> [YAMLNode.Entry] {
        var entries: [YAMLNode.Entry] = []
        var lines: [String: Int] = [:]
        for (key, value) in mapping {
            let place = Place(line: key.mark?.line ?? 1, column: key.mark?.column ?? 1)
            guard let scalar = key.scalar else {
                add(
                    source.offset(of: place), .keyNotText,
                    "a key must be a text, is \(key.sequence == nil ? "a map" : "a list")")
                continue
            }
            if scalar.string.unicodeScalars.contains(Self.blot) { continue }
            if scalar.string == "<<", scalar.style == .plain {
                add(source.offset(of: place), .mergeKey, "merge key '<<' is not supported: write the keys out")
                continue
            }
            if let line = lines.updateValue(place.line, forKey: scalar.string) {
                // Yams takes `1` and "1" for two keys; here keys are texts.
                add(
                    source.offset(of: place), .duplicateKey,
                    "duplicate key '\(scalar.string)'; the first is on line \(line)")
                continue
            }
            guard let key = convert(key, depth: depth + 1), let value = convert(value, depth: depth + 1) else {
                continue
            }
            entries.append(YAMLNode.Entry(keyNode: key, value: value))
        }
        return entries
    }

    private func offset(_ mark: Mark) -> Int { source.offset(of: Place(line: mark.line, column: mark.column)) }

    private mutating func add(_ offset: Int, _ code: Diagnostic.Code, _ text: String) {
        findings.append(YAMLGuard.Finding(offset: offset, code: code, text: text))
    }
}
