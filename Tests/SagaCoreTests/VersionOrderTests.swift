import SagaCore
import Testing

struct VersionOrderTests {
    @Test func `versions are ordered as people count`() {
        let sorted = [
            "", "01", "1", "1.0", "1.0-rc.1", "1.0-rc.2", "1.0-rc.10", "1.9", "1.9.9", "1.10", "2", "9", "10", "2026.1",
            "2026.11",
            "18446744073709551615", "18446744073709551616", "a", "v9", "v10", "é",
        ]
        for (at, left) in sorted.enumerated() {
            #expect(!(VersionOrder(left) < VersionOrder(left)))
            for right in sorted[(at + 1)...] {
                #expect(VersionOrder(left) < VersionOrder(right), "\(left) \(right)")
                #expect(!(VersionOrder(right) < VersionOrder(left)), "\(right) \(left)")
            }
        }
    }
}
