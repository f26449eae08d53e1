import CEL
import Dispatch
import Foundation
import Synchronization
import Testing

struct LimitTests {
    private static let nested: [(name: String, source: @Sendable (Int) -> String)] = [
        ("parentheses", { String(repeating: "(", count: $0) + "1" + String(repeating: ")", count: $0) }),
        ("lists", { String(repeating: "[", count: $0) + "1" + String(repeating: "]", count: $0) }),
        ("maps", { String(repeating: "{1:", count: $0) + "1" + String(repeating: "}", count: $0) }),
        ("calls", { String(repeating: "dyn(", count: $0) + "1" + String(repeating: ")", count: $0) }),
        ("methods", { String(repeating: "'a'.contains(", count: $0) + "'a'" + String(repeating: ")", count: $0) }),
        ("sums", { "1" + String(repeating: " + 1", count: $0) }),
        ("right sums", { String(repeating: "1 + (", count: $0) + "1" + String(repeating: ")", count: $0) }),
        ("selections", { "a" + String(repeating: ".a", count: $0) }),
        ("indexes", { "a" + String(repeating: "[0]", count: $0) }),
        ("inner indexes", { String(repeating: "a[", count: $0) + "0" + String(repeating: "]", count: $0) }),
        ("conditionals", { String(repeating: "true ? 1 : ", count: $0) + "1" }),
        ("negations", { String(repeating: "!(", count: $0) + "true" + String(repeating: ")", count: $0) }),
        ("logic", { String(repeating: "true && (", count: $0) + "true" + String(repeating: ")", count: $0) }),
        ("macros", { String(repeating: "[1].all(x, ", count: $0) + "true" + String(repeating: ")", count: $0) }),
        ("filters", { String(repeating: "[1].filter(x, ", count: $0) + "true" + String(repeating: ")", count: $0) }),
        ("transforms", { String(repeating: "[1].map(x, ", count: $0) + "x" + String(repeating: ")", count: $0) }),
        ("messages", { String(repeating: "A{a: ", count: $0) + "1" + String(repeating: "}", count: $0) }),
    ]

    @Test(arguments: nested.indices)
    func `nesting up to the limit works on a stack of 512 kB, beyond it is refused`(index: Int) throws {
        let nested = Self.nested[index]
        let depthMax = onSmallStack {
            (1...200).last { depth in (try? Expression(nested.source(depth))) != nil } ?? 0
        }
        #expect((48...100).contains(depthMax), "\(nested.name): \(depthMax)")
        let outcome = onSmallStack { complaint(nested.source(depthMax), #"{"a":[0]}"#) }
        #expect(!outcome.isEmpty)
        let refusal = onSmallStack { complaint(nested.source(100_000)) }
        #expect(
            refusal.contains("nested deeper than 100") || refusal.contains("longer than 100000 bytes"), "\(refusal)")
        #expect(onSmallStack { complaint(nested.source(4_000)) }.contains("nested deeper than 100"))
    }

    @Test(arguments: nested.indices)
    func `types are inferred of the deepest expressions on a stack of 512 kB`(index: Int) throws {
        let nested = Self.nested[index]
        let isDone = onSmallStack {
            let deepest = (1...100).compactMap { try? Expression(nested.source($0)) }.last
            guard let tree = deepest.flatMap({ ExpressionTree($0) }) else { return false }
            return tree.types(in: ["a": .of(.int)]).work > 0
        }
        #expect(isDone, "\(nested.name)")
    }

    @Test func `the work of inferring types is in proportion to the expression, but for nested conditions`() throws {
        let long = try Expression((0..<400).map { "has(a.b\($0))" }.joined(separator: " && "))
        #expect(try #require(ExpressionTree(long)).types(in: [:]).work < 10_000)
        let deep = String(repeating: "(a.x && ", count: 45) + "a.x" + String(repeating: ")", count: 45)
        #expect(try #require(ExpressionTree(try Expression(deep))).types(in: [:]).work < 100_000)
    }

    @Test func `the deepest value that can come about is compared, hashed and written on a stack of 512 kB`() throws {
        let text = String(repeating: "[{\"k\":", count: 64) + "1" + String(repeating: "}]", count: 64)
        let source = String(repeating: "[", count: 90) + "a" + String(repeating: "]", count: 90)
        let length = onSmallStack {
            guard let a = try? JSON.parse(text), let expression = try? Expression(source),
                let one = try? expression.evaluate(Scope([("a", a)])),
                let other = try? expression.evaluate(Scope([("a", a)])),
                let equal = try? Expression("a == b").evaluate(Scope([("a", one), ("b", other)])),
                let unequal = try? Expression("[a] == b").evaluate(Scope([("a", one), ("b", other)])),
                equal == true, unequal == false, one == other, Set([one, other]).count == 1
            else { return 0 }
            return JSON.bytes(one).count
        }
        #expect(length == text.utf8.count + 180)
    }

    @Test func `a long chain of the same logical operator is not deep`() throws {
        #expect(try evaluate("true" + String(repeating: " && true", count: 5_000)) == true)
        #expect(try evaluate("false" + String(repeating: " || false", count: 5_000)) == false)
        #expect(try evaluate(String(repeating: "!", count: 5_001) + "true") == false)
    }

    @Test func `the cost limit ends an evaluation and no operator absorbs it`() {
        let limit = "the expression takes more steps or makes more data than its cost limit allows"
        #expect(complaint("[1, 2, 3].all(x, x > 0)", costMax: 5).hasSuffix(limit))
        #expect(complaint("[1, 2, 3].all(x, x > 0) || true", costMax: 5).hasSuffix(limit))
        #expect(complaint("[[1, 2, 3].all(x, x > 0)].exists(y, true)", costMax: 5).hasSuffix(limit))
        #expect(complaint("1", costMax: 0) == "the value 1")
    }

    /// Without the budget each takes hours: that is what the time limit is for.
    @Test(
        .timeLimit(.minutes(30)),
        arguments: [
            "X.map(a, X.map(b, X.map(c, X.map(d, a + b + c + d))))",
            "X.all(a, X.all(b, X.all(c, X.all(d, X.all(e, a + b + c + d + e >= 0)))))",
            "[s].map(s, s + s)" + String(repeating: ".map(s, s + s)", count: 40) + ".size() > 0",
            "[X].map(l, l + l)" + String(repeating: ".map(l, l + l)", count: 40) + ".size() > 0",
            "[X].map(l, [l, l])" + String(repeating: ".map(l, [l, l])", count: 40),
            "[X].map(l, {1: l, 2: l})" + String(repeating: ".map(l, {1: l, 2: l})", count: 40),
            "[X].map(l, [l, l])" + String(repeating: ".map(l, [l, l])", count: 20) + " == "
                + "[X].map(l, [l, l])" + String(repeating: ".map(l, [l, l])", count: 20),
            "X.map(x, X.map(y, s + s))",
            "X.exists(x, X.exists(y, X.exists(z, (s + s).contains(s + 'b'))))",
            "X.map(x, s).map(y, X.map(x, s))",
        ])
    func `what would grow without bound ends soon with the cost error`(source: String) throws {
        let numbers = (0..<200).map(String.init).joined(separator: ",")
        let data = "{\"X\":[\(numbers)],\"s\":\"\(String(repeating: "a", count: 10_000))\"}"
        let scope = try scope(data)
        #expect { try Expression(source).evaluate(scope) } throws: { ($0 as? EvaluationError)?.code == .cost }
    }

    @Test func `a large input may be passed on whole`() throws {
        let large = Value.list(Array(repeating: "x", count: 500_000))
        #expect(try Expression("input").evaluate(Scope([("input", large)])) == large)
        #expect(try Expression("{'kept': input}").evaluate(Scope([("input", large)]))["kept"] == large)
    }

    @Test func `a source has a longest length`() {
        #expect(complaint(String(repeating: " ", count: 100_001)) == "1:1: the expression is longer than 100000 bytes")
    }

    @Test func `messages do not grow with the data`() {
        let long = String(repeating: "k", count: 5_000)
        #expect(complaint("{'a': 1}['\(long)']").utf8.count < 200)
        #expect(complaint("int('\(long)')").utf8.count < 200)
    }
}

/// Runs on a thread with a stack of 512 kB, the least that a thread of the daemon may have.
func onSmallStack<Result: Sendable>(_ body: @escaping @Sendable () -> Result) -> Result {
    let box = Box<Result>()
    let done = DispatchSemaphore(value: 0)
    let thread = Thread {
        let result = body()
        box.result.withLock { $0 = result }
        done.signal()
    }
    thread.stackSize = 512 * 1_024
    thread.start()
    done.wait()
    return box.result.withLock { $0! }
}

private final class Box<Result: Sendable>: Sendable {
    let result = Mutex<Result?>(nil)
}
