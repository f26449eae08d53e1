/// Bytes for people: `512B`, `1.5KiB`, `64MiB`.
enum Bytes {
    static func text(_ bytes: Int) -> String {
        let units = ["B", "KiB", "MiB", "GiB"]
        var (unit, tenths) = (0, max(0, min(bytes, 1 << 50)) * 10)
        while tenths >= 10_240, unit < units.count - 1 {
            tenths /= 1_024
            unit += 1
        }
        let fraction = unit > 0 && tenths < 100 && tenths % 10 != 0 ? ".\(tenths % 10)" : ""
        return "\(tenths / 10)\(fraction)\(units[unit])"
    }
}
