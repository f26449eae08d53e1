/// Says messages in one language.
struct Words: Sendable {
    let tongue: Tongue
    private let text: @Sendable (Message) -> String

    init(_ tongue: Tongue) {
        self.tongue = tongue
        text = { $0.text(in: tongue) }
    }

    /// Tests say each message as its own name, and so find what does not come from the table.
    init(_ tongue: Tongue, saying text: @escaping @Sendable (Message) -> String) {
        self.tongue = tongue
        self.text = text
    }

    /// A message with `{0}`, `{1}` … replaced, each in one pass: a value with braces in it stays as it is.
    func callAsFunction(_ message: Message, _ values: String...) -> String { fill(text(message), values) }

    /// One of two messages by a number, which is `{0}`.
    func count(_ number: Int, _ one: Message, _ many: Message) -> String {
        fill(text(number == 1 ? one : many), [grouped(number)])
    }

    /// With commas between thousands, as both languages write numbers.
    func grouped(_ number: Int) -> String {
        let digits = Array(String(number.magnitude))
        var result = number < 0 ? "-" : ""
        for (place, digit) in digits.enumerated() {
            if place > 0, (digits.count - place).isMultiple(of: 3) { result.append(",") }
            result.append(digit)
        }
        return result
    }

    private func fill(_ template: String, _ values: [String]) -> String {
        guard !values.isEmpty else { return template }
        var result = ""
        var rest = template[...]
        while let open = rest.firstIndex(of: "{") {
            result += rest[..<open]
            let close = rest[open...].firstIndex(of: "}")
            if let close, let place = Int(rest[rest.index(after: open)..<close]), values.indices.contains(place) {
                result += values[place]
                rest = rest[rest.index(after: close)...]
            } else {
                result.append("{")
                rest = rest[rest.index(after: open)...]
            }
        }
        return result + rest
    }
}

extension Words {
    /// A month's name, 1...12.
    func month(_ number: Int) -> String { Message(rawValue: "month.\(number)").map { self($0) } ?? "\(number)" }
}
