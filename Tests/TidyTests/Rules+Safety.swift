extension Rule {
    /// Only the boundary to C may promise what the compiler cannot see.
    static let uncheckedSendable = Rule(name: "unchecked") { file in
        guard file.isTest || file.target != "Systemd" else { return [] }
        return file.code.indices.dropLast().compactMap { index in
            guard file.code[index].isPunctuation("@"), file.code[index + 1].isWord("unchecked") else { return nil }
            return file.violation(file.code[index].line, "unchecked", "@unchecked Sendable: use a Mutex or a value")
        }
    }

    /// `try!`, `as!`, `value!` and the type `T!`: each is a crash that no message explains.
    static let force = Rule(name: "force") { file in
        guard !file.isTest else { return [] }
        return file.code.indices.dropFirst().compactMap { index in
            let mark = file.code[index]
            let before = file.code[index - 1]
            guard mark.kind == .op, !mark.hasSpaceBefore, before.canEndExpression else { return nil }
            // `x!`, `x!.y`, `x![0]`; `>!` and `?!` behind a type; but neither `x != y` nor `x!=y`.
            let unwraps = mark.text.hasPrefix("!") && mark.text != "!=" && mark.text != "!=="
            let endsType = [">!", "?!"].contains(mark.text) && (mark.hasSpaceAfter || closes(file.code, after: index))
            guard unwraps || endsType else { return nil }
            let what =
                switch before.text {
                case "try": "try!"
                case "as": "as!"
                default: "\(before.text)!"
                }
            return file.violation(mark.line, "force", "\(what): handle the other case, or trap with a reason")
        }
    }

    private static func closes(_ code: [Token], after index: Int) -> Bool {
        guard index + 1 < code.count else { return true }
        return [")", "]", "}", ",", ".", "{", ";"].contains { code[index + 1].isPunctuation($0) }
    }

    /// Standard output belongs to the command line programs.
    static let printing = Rule(name: "print") { file in
        guard !file.isTest, !["YogictlProgram", "yogi-bench"].contains(file.target) else { return [] }
        return file.code.indices.dropLast().compactMap { index in
            let token = file.code[index]
            guard token.isWord("print") || token.isWord("debugPrint"), file.code[index + 1].isPunctuation("(") else {
                return nil
            }
            if index > 0 {
                if file.code[index - 1].isWord("func") { return nil }
                let isMember = file.code[index - 1].isPunctuation(".")
                if isMember, index < 2 || !file.code[index - 2].isWord("Swift") { return nil }
            }
            return file.violation(token.line, "print", "\(token.text)(: log it, or return it to the caller")
        }
    }

    /// `style.md` 3: all that lives long is a service, all else a child task; nobody waits for a bare task or sees its error.
    static let unstructuredTask = Rule(name: "task") { file in
        guard !file.isTest, !file.isExecutable else { return [] }
        return file.code.indices.compactMap { index in
            guard file.code[index].isWord("Task"), startsTask(file.code, at: index) else { return nil }
            return file.violation(
                file.code[index].line, "task", "an unstructured task: make it a child task or a service")
        }
    }

    private static func startsTask(_ code: [Token], at index: Int) -> Bool {
        if index > 0 {
            let before = code[index - 1]
            // A type that is named or declared is not a task that is started.
            if before.isPunctuation(":") || before.text == "->"
                || before.kind == .identifier && declares.contains(before.text)
            {
                return false
            }
        }
        var next = index + 1
        if next < code.count, code[next].kind == .op, code[next].text == "<" {
            while next < code.count, !code[next].text.hasSuffix(">") || code[next].kind != .op { next += 1 }
            next += 1
        }
        guard next < code.count else { return false }
        if code[next].isPunctuation("{") || code[next].isPunctuation("(") { return true }
        guard code[next].isPunctuation("."), next + 1 < code.count else { return false }
        return ["detached", "init", "immediate", "immediateDetached", "startSynchronously"].contains(
            code[next + 1].text)
    }

    private static let declares: Set<String> = [
        "struct", "class", "enum", "actor", "protocol", "extension", "typealias", "any", "some",
    ]

    /// Tests wait for signals; time is what the machine makes of it.
    static let sleeping = Rule(name: "sleep") { file in
        guard file.isTest, Rule.maySleep[file.path] == nil else { return [] }
        return file.code.indices.dropLast().compactMap { index in
            let token = file.code[index]
            guard token.kind == .identifier, file.code[index + 1].isPunctuation("(") else { return nil }
            let owner = index > 1 && file.code[index - 1].isPunctuation(".") ? file.code[index - 2].text : nil
            let isDeclared = index > 0 && file.code[index - 1].isWord("func")
            let sleeps =
                ["usleep", "nanosleep"].contains(token.text)
                || token.text == "sleep" && (owner == nil || ["Task", "Thread", "Glibc"].contains(owner))
                || token.text == "sleepForTimeInterval"
            guard sleeps, !isDeclared else { return nil }
            let name = [owner, token.text].compactMap(\.self).joined(separator: ".")
            return file.violation(token.line, "sleep", "\(name): await a signal or move a clock")
        }
    }

    /// Files of tests that may sleep, each with the reason.
    static let maySleep: [String: String] = [:]
}
