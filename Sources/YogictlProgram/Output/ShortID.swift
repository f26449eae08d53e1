extension String {
    /// The beginning of a saga's id with so many hexadecimal digits, by which every command finds it; the whole id where a page does not say
    /// how many tell its sagas from all others.
    func shortened(to digits: Int?) -> String {
        guard let digits else { return self }
        var left = digits
        return String(
            prefix { character in
                guard character != "-" else { return left > 0 }
                left -= 1
                return left >= 0
            })
    }
}

extension Int? {
    /// As many digits as both pages want.
    mutating func grow(to other: Int?) {
        self = [self, other].compactMap(\.self).max()
    }
}
