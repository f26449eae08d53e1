import Testing

struct LexerTests {
    private func code(_ source: String) -> [String] {
        Lexer.tokens(of: source).filter { $0.kind != .comment && $0.kind != .doc && $0.kind != .string }.map(\.text)
    }

    @Test func `comments hold no code, nested ones neither`() {
        #expect(code("a // b!\n/* c! /* d! */ e! */ f") == ["a", "f"])
        #expect(Lexer.tokens(of: "/// doc\n//// no\n/** doc */\n/**/").map(\.kind) == [.doc, .comment, .doc, .comment])
    }

    @Test func `strings hold no code`() {
        #expect(code(#"a = "b! \" c!" + d"#) == ["a", "=", "+", "d"])
        #expect(code("a = \"\"\"\n  } \"b\" {\n  \"\"\" + c") == ["a", "=", "+", "c"])
        #expect(code("a = #\"b\" \\(c) \"d\"# + e") == ["a", "=", "+", "e"])
        #expect(code("a = ##\"\"\"\n \"\"\"# b }\n\"\"\"## + c") == ["a", "=", "+", "c"])
        #expect(code("a = \"\" + b") == ["a", "=", "+", "b"])
    }

    @Test func `what is interpolated is code`() {
        #expect(code(#""a \(b(c)!) d" e"#) == ["(", "b", "(", "c", ")", "!", ")", "e"])
        #expect(code(##"#"a \#(b!) \(c)"# d"##) == ["(", "b", "!", ")", "d"])
        #expect(code(#""\(a ? "}" : "\(b)")" c"#) == ["(", "a", "?", ":", "(", "b", ")", ")", "c"])
    }

    @Test func `regular expressions hold no code, and a division is none`() {
        #expect(code("a = /b!{/ + c") == ["a", "=", "+", "c"])
        #expect(code("a = #/b!\"{/# + c") == ["a", "=", "+", "c"])
        #expect(code("a = b / c / d") == ["a", "=", "b", "/", "c", "/", "d"])
        #expect(code("a = (b)/c/d") == ["a", "=", "(", "b", ")", "/", "c", "/", "d"])
    }

    @Test func `lines are counted through strings and comments`() {
        let tokens = Lexer.tokens(of: "a\n/*\n*/ b\n\"\"\"\n\n\"\"\"\nc")
        #expect(tokens.filter { $0.kind == .identifier }.map(\.line) == [1, 3, 7])
    }

    @Test func `operators are one token`() {
        #expect(
            code("a != b !== c ..< d ... e?.f ?? !g") == [
                "a", "!=", "b", "!==", "c", "..<", "d", "...", "e", "?", ".", "f", "??", "!", "g",
            ])
    }
}
