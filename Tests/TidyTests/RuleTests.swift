import Testing

/// Each rule can fail, and lets pass what it should.
struct RuleTests {
    private func found(_ rule: Rule, _ path: String, _ text: String) -> [String] {
        rule.check(SourceFile(path: path, text: text)).map(\.description)
    }

    private func lines(_ rule: Rule, _ text: String, path: String = "Sources/SagaEngine/A.swift") -> [Int] {
        rule.check(SourceFile(path: path, text: text)).map(\.line)
    }

    @Test func `an import upward or sideways`() {
        #expect(
            found(.imports, "Sources/SagaCore/A.swift", "import CEL\n@preconcurrency import SagaStore\n") == [
                "Sources/SagaCore/A.swift:2: import: SagaCore must not import SagaStore; it may: CEL, Synchronization"
            ])
        #expect(lines(.imports, "import CEL\nimport SagaStore\nimport GRDB\nimport Participants") == [3, 4])
        #expect(lines(.imports, "import CSystemd", path: "Sources/YogiyogidProgram/A.swift") == [1])
        #expect(
            lines(.imports, "public import struct GRDB.Row\nimport Foundation", path: "Sources/ControlAPI/A.swift") == [
                1
            ])
        #expect(lines(.imports, "import Foundation", path: "Sources/CEL/A.swift") == [1])
        #expect(
            lines(.imports, "import Testing\nimport GRDB\n@testable import CEL", path: "Tests/CELTests/A.swift") == [2])
        #expect(lines(.imports, "import Testing", path: "Sources/SagaStore/A.swift") == [1])
        #expect(lines(.imports, "let a = \"import GRDB\"  // import GRDB") == [])
        #expect(
            found(.imports, "Sources/New/A.swift", "") == [
                "Sources/New/A.swift:1: import: the target New is not in the table of Layers.swift"
            ])
    }

    @Test func `a file over 400 lines`() {
        #expect(lines(.fileLength, String(repeating: "\n", count: 400)) == [])
        #expect(lines(.fileLength, String(repeating: "\n", count: 401)) == [401])
    }

    @Test func `a type that steers with more than eight stored variables`() {
        func body(_ count: Int, _ modifier: String) -> String {
            "{\n" + (0..<count).map { "\(modifier)var v\($0) = 0\n" }.joined() + "}\n"
        }
        for head in ["final class C ", "actor C ", "struct C "] {
            #expect(lines(.storedVariables, head + body(8, "private ")) == [], "\(head)")
            #expect(lines(.storedVariables, head + body(9, "private ")) == [1], "\(head)")
        }
        #expect(lines(.storedVariables, "class C: P " + body(9, "")) == [1])
        #expect(lines(.storedVariables, "struct Data " + body(20, "") + "struct D " + body(20, "public ")) == [])
        #expect(lines(.storedVariables, "class C " + body(20, "static ")) == [])
        let computed = (0..<9).map { "var c\($0): Int { 1 }\nvar d\($0): [Int]\n{ let e = 1; return [e] }\n" }.joined()
        #expect(lines(.storedVariables, "class C {\n" + computed + "}") == [])
        let inner = "class C {\nvar a: Int\nfunc f() " + body(9, "") + "enum E { class D " + body(9, "") + "}}"
        #expect(lines(.storedVariables, inner) == [14])
        let observed = (0..<9).map { "var v\($0) = 0 { didSet { f() } }\n" }.joined()
        #expect(lines(.storedVariables, "class C {\n" + observed + "}") == [1])
    }

    @Test func `a function, initialiser or computed property over 60 lines`() {
        let body58 = "{\n" + String(repeating: "// \"}\n", count: 58) + "}"
        let body59 = "{\n" + String(repeating: "x(\"}\")\n", count: 59) + "}"
        for head in [
            "func f(a: () -> Void = {}) ", "init() ", "subscript(i: Int) -> Int ", "var v: Int ", "deinit ",
            "let c: () -> Void = ", "func g<T>(_ t: [T]) throws(E) -> T? where T: P ",
        ] {
            #expect(lines(.functionLength, "struct S {\n" + head + body58 + "\n}") == [], "\(head)")
            #expect(lines(.functionLength, "struct S {\n" + head + body59 + "\n}") == [2], "\(head)")
        }
        #expect(lines(.functionLength, "protocol P { func f()\n init() }\nstruct S " + body59) == [])
        #expect(lines(.functionLength, "struct S {\nvar a: Int\nlet b = 1\nstruct T " + body59 + "}") == [])
        for head in ["if let a = b ", "guard case .a(let b) = c else ", "for var a in b ", "do {} catch let error "] {
            #expect(lines(.functionLength, "func f() {}\n" + head + body59) == [], "\(head)")
        }
        #expect(lines(.functionLength, "func f() { a.init(b) }\nstruct T " + body59) == [])
    }

    @Test(arguments: [
        "struct HTTPManager {}", "final class LogHelper {}", "enum StringUtils {}", "typealias CommonError = E",
        "actor Manager {}", "protocol SagaUtility {}",
    ])
    func `a name that says nothing`(text: String) {
        #expect(lines(.names, text) == [1])
    }

    @Test func `a name that has the letters and not the word`() {
        #expect(lines(.names, "struct Commonwealth {}\nstruct Utilization {}\nstruct ManagerialNote {}") == [])
        #expect(found(.names, "Sources/SagaCore/SagaHelpers.swift", "").count == 1)
        #expect(found(.names, "Sources/SagaCore/Saga+Common.swift", "").count == 1)
    }

    @Test func `a promise that the compiler cannot see`() {
        let text = "final class A: @unchecked Sendable {}"
        #expect(lines(.uncheckedSendable, text) == [1])
        #expect(lines(.uncheckedSendable, text, path: "Tests/CELTests/A.swift") == [1])
        #expect(lines(.uncheckedSendable, text, path: "Sources/Systemd/A.swift") == [])
    }

    @Test(arguments: [
        "try! f()", "x as! Int", "x!", "x!.y", "x![0]", "f()!", "a[0]!", "{ 1 }()!", "f(x!)", "let a: Int! = 1",
        "var a: [Int]!", "let a: Array<Int>!", "\"\\(x!)\"", "x! == y", "x! != y", "[x!, y]", "(x!)", "x!-1",
        "f { x! }",
        "let a: (Int!) -> Void", "\"a\"!",
    ])
    func `a force`(text: String) {
        #expect(lines(.force, text) == [1])
    }

    @Test(arguments: [
        "!x", "x != y", "x!=y", "x !== y", "x!==y", "if !x {}", "return !x", "f(!x)", "[!x, !y]", "a && !b",
        "a ? !b : c",
        "{ !$0 }", "a=!b", "a ?? !b", "try? f()", "x as? Int", "x?.y", "// x!", "\"x!\"", "guard !x else {}",
        "f(a: !b)",
        "while !a.isEmpty {}", "a.contains(where: { !$0 })", "let f = (!)", "a\n!b", "if a<b, !c {}", "a > !b",
    ])
    func `a negation is no force`(text: String) {
        #expect(lines(.force, text) == [])
        #expect(lines(.force, "x!", path: "Tests/CELTests/A.swift") == [])
    }

    @Test func `printing outside the command line programs`() {
        #expect(
            lines(.printing, "print(1)\nSwift.print(2)\ndebugPrint(3)\na.print(4)\nfunc print(_ a: Int) {}") == [
                1, 2, 3,
            ])
        #expect(lines(.printing, "print(1)", path: "Sources/YogictlProgram/A.swift") == [])
        #expect(lines(.printing, "print(1)", path: "Sources/yogi-bench/A.swift") == [])
        #expect(lines(.printing, "print(1)", path: "Sources/YogiyogidProgram/A.swift") == [1])
    }

    @Test func `an unstructured task in a library`() {
        let text =
            "Task { }\nTask.detached { }\nTask(priority: .low) { }\nTask<Void, Never> { }\nlet t = Task<[Int], any Error>.detached { }"
        #expect(lines(.unstructuredTask, text) == [1, 2, 3, 4, 5])
        #expect(lines(.unstructuredTask, text, path: "Sources/YogictlProgram/A.swift") == [])
        #expect(
            lines(.unstructuredTask, "await Task.yield()\nif Task.isCancelled { }\nvar t: Task<Void, Never> { a }")
                == [])
        #expect(lines(.unstructuredTask, "func f() -> Task<Void, Never> { a }\nstruct Task { }") == [])
    }

    @Test func `a comment that says what the declaration does already`() {
        let noise = """
            /// Its name.
            public var name: String
            /// The status that it is in.
            case status
            /// An answer.
            init(answer: String)
            /// Which steps.
            private let steps: [Step]
            """
        #expect(lines(.emptyDoc, noise) == [1, 3, 5, 7])
        let worth = """
            /// Of the file, without its folder.
            public var name: String
            /// 1 ... 1000.
            var limit: Int
            /// `null` where it has none.
            var status: String?
            /// Its name,
            /// as it was at the start.
            var name: String
            """
        #expect(lines(.emptyDoc, worth) == [])
    }

    @Test func `a declaration for others without a doc comment`() {
        #expect(
            found(.documentation, "Sources/CEL/A.swift", "public struct A {\n    public init() {}\n}\n") == [
                "Sources/CEL/A.swift:1: documentation: 'A' has no doc comment"
            ])
        let bare =
            "package static func f() {}\npublic private(set) var a = 1\n// not doc\npublic enum B {}\n@inlinable public func g() {}"
        #expect(lines(.documentation, bare) == [1, 4, 5])
        let documented = """
            /// A.
            public struct A {
                /// B.
                @available(*, deprecated, message: "(")
                @inlinable
                public static func b() {}
                /// C.
                // why
                public internal(set) var c = 1
                /// D.
                nonisolated public final class func d() {}
                public import Foundation
                let package = Package(name: "x")
                let e = open(path, flags)
                var f: Int { package.count }
                func g(_ door: Door) -> Door { switch door { case .open: .open case .shut: .shut } }
            }
            """
        #expect(lines(.documentation, documented) == [])
        #expect(
            lines(.documentation, "public static func == (a: A, b: A) -> Bool {}\npublic var description: String {}")
                == [])
        #expect(lines(.documentation, "public func f() {}", path: "Tests/CELTests/A.swift") == [])
    }

    @Test func `a mark to come back to`() {
        #expect(lines(.marks, "a\n// TODO: b\nc // FIXME\n") == [2, 3])
        #expect(lines(.marks, "// TODO", path: "Tests/CELTests/A.swift") == [])
    }

    @Test func `a sleep in a test`() {
        let text =
            "try await Task.sleep(for: .seconds(1))\nusleep(1)\nThread.sleep(forTimeInterval: 1)\nsleep(1)\nGlibc.sleep(1)"
        #expect(lines(.sleeping, text, path: "Tests/CELTests/A.swift") == [1, 2, 3, 4, 5])
        #expect(
            lines(
                .sleeping, "clock.sleep(for: d)\nfunc sleep(until: I) {}\n// sleep(1)", path: "Tests/CELTests/A.swift")
                == [])
        #expect(lines(.sleeping, text) == [])
    }

    @Test func `a time limit that measures the machine`() {
        let text =
            "@Suite(.timeLimit(.minutes(1))) struct A {\n@Test(.serialized, .timeLimit(.minutes(29))) func b() {} }"
        #expect(lines(.timeLimit, text, path: "Tests/CELTests/A.swift") == [1, 2])
        #expect(lines(.timeLimit, "@Suite(.timeLimit(.minutes(30))) struct A {}", path: "Tests/CELTests/A.swift") == [])
    }

    @Test func `a clock in a test`() {
        let text = "let a = ContinuousClock.now\nDate() < end\nDate.now\nDispatchTime.now()\nclock_gettime(c, &t)"
        #expect(lines(.clock, text, path: "Tests/CELTests/A.swift") == [1, 2, 3, 4, 5])
        #expect(
            lines(.clock, "Date(timeIntervalSince1970: 0)\nclock.now\n// Date()", path: "Tests/CELTests/A.swift") == [])
        #expect(lines(.clock, text, path: "Tests/TestPrograms/HangLimit.swift") == [])
        #expect(lines(.clock, text) == [])
    }

    @Test func `a file that does not belong`() {
        let paths = ["Package.swift", ".gitignore", "Sources/A/a.swift", "notes.md", "docs/x/y.md", "docs/z.md"]
        #expect(
            RepositoryRules.topLevel(paths).map(\.description) == [
                "docs:1: top-level: does not belong at the top of the repository",
                "notes.md:1: top-level: does not belong at the top of the repository",
            ])
        #expect(
            RepositoryRules.built([
                ".build/x", ".build-static/x", "Package.resolved", ".builder.yml", "Sources/a.swift",
            ])
            .map(\.path) == [".build/x", ".build-static/x", "Package.resolved"])
    }

    @Test func `a word that names two types`() {
        let core = SourceFile(path: "Sources/A/a.swift", text: "public enum Outcome { case done }\nstruct Call {}")
        let edge = SourceFile(
            path: "Sources/B/b.swift", text: "struct X {\n    enum Outcome { case sent }\n}\nlet Call = 1")
        let test = SourceFile(path: "Tests/A/a.swift", text: "struct Call {}")
        #expect(
            RepositoryRules.meanings(of: [core, edge, test]).map(\.description) == [
                "Sources/A/a.swift:1: meaning: 'Outcome' is declared 2 times",
                "Sources/B/b.swift:2: meaning: 'Outcome' is declared 2 times",
            ])
    }

    @Test func `a library without its page, a target without its layer`() {
        #expect(
            RepositoryRules.pages(of: ["CEL", "SagaCore"]) { $0 == "Sources/CEL/CEL.docc/CEL.md" }.map(\.path)
                == ["Sources/SagaCore/SagaCore.docc/SagaCore.md"])
        #expect(
            RepositoryRules.table(["A", "B"], against: ["B": [], "C": []], in: "Sources").map(\.description) == [
                "Sources/A:1: table: is not in the table of Layers.swift",
                "Sources/C:1: table: is in the table of Layers.swift and nowhere else",
            ])
    }
}
