/// Numbers as people read them.
enum Figures {
    /// `12,345`; below 100 with as many digits as mean something.
    static func plain(_ value: Double) -> String {
        value.magnitude < 10 ? fixed(value, 2) : value.magnitude < 100 ? fixed(value, 1) : grouped(Int(value.rounded()))
    }

    /// `0.353`.
    static func milliseconds(_ value: Double) -> String { fixed(value, value < 10 ? 3 : 1) }

    /// `37 %`; below 10 with a digit behind the point.
    static func percent(_ part: Double) -> String { fixed(part * 100, part < 0.0995 ? 1 : 0) + " %" }

    /// `2.7×`.
    static func times(_ ratio: Double) -> String { fixed(ratio, 1) + "×" }

    /// `37.5 MB`.
    static func megabytes(_ bytes: Int) -> String { fixed(Double(bytes) / 1e6, 1) + " MB" }

    static func grouped(_ number: Int) -> String {
        var text = ""
        for (index, digit) in String(number.magnitude).reversed().enumerated() {
            if index > 0, index % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return (number < 0 ? "-" : "") + String(text.reversed())
    }

    private static func fixed(_ value: Double, _ digits: Int) -> String {
        guard digits > 0 else { return grouped(Int(value.rounded())) }
        let scale = digits == 1 ? 10 : digits == 2 ? 100 : 1_000
        let whole = Int((value.magnitude * Double(scale)).rounded())
        let rest = String(whole % scale)
        let sign = value < 0 && whole > 0 ? "-" : ""
        return sign + grouped(whole / scale) + "." + String(repeating: "0", count: digits - rest.count) + rest
    }
}
