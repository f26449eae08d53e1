extension Tries {
    /// Beside the kind, in its byte.
    fileprivate static let leftBit: UInt8 = 0x80
    /// Beside them: a time stands at the end.
    fileprivate static let untilBit: UInt8 = 0x40
}

extension ByteWriter {
    /// All but what they were tries of.
    mutating func tries(_ tries: Tries) {
        byte(
            tries.kind.rawValue | (tries.hasLeft ? Tries.leftBit : 0) | (tries.until == nil ? 0 : Tries.untilBit))
        count(tries.messages.count)
        for message in tries.messages { text(message) }
        count(tries.count)
        count(tries.attempts)
        count(tries.token)
        signed(tries.first.milliseconds)
        optional(tries.since) { $0.signed($1.milliseconds) }
        count(tries.unrecognised)
        optional(tries.location) { $0.text($1) }
        if let until = tries.until { signed(until.milliseconds) }
    }
}

extension ByteReader {
    /// What ``ByteWriter/tries(_:)`` wrote.
    mutating func tries(_ step: Int, _ direction: Direction) throws(BrokenRecord) -> Tries {
        let bits = try byte()
        guard let kind = Tries.Kind(rawValue: bits & ~(Tries.leftBit | Tries.untilBit)) else {
            throw BrokenRecord(offset: position, message: "\(bits) is no end of tries")
        }
        let messages = try count()
        guard messages <= Tries.messagesMax else {
            throw BrokenRecord(offset: position, message: "\(messages) messages are more than one record has")
        }
        var tries = Tries(
            step: step, direction: direction, kind: kind, messages: [], count: 0, attempts: 0, token: 0,
            first: Instant(milliseconds: 0))
        tries.hasLeft = bits & Tries.leftBit != 0
        for _ in 0..<messages { tries.messages.append(try text()) }
        tries.count = try count()
        tries.attempts = try count()
        tries.token = try count()
        tries.first = Instant(milliseconds: try signed())
        tries.since = try optional { r throws(BrokenRecord) in Instant(milliseconds: try r.signed()) }
        tries.unrecognised = try count()
        tries.location = try optional { r throws(BrokenRecord) in try r.text() }
        if bits & Tries.untilBit != 0 { tries.until = Instant(milliseconds: try signed()) }
        return tries
    }
}
