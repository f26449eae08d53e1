import CEL

/// The stored form of a summary.
extension SagaSummary {
    /// What stands first; another form has another.
    private static let form: UInt8 = 1

    /// The bytes that ``init(bytes:of:)`` reads.
    /// - Parameter id: of the saga, which is the key of most of them, and near the time of their start.
    public func bytes(of id: SagaID) -> [UInt8] {
        var writer = ByteWriter()
        writer.byte(Self.form)
        writer.optional(key == id.description ? nil : key) { $0.text($1) }
        writer.text(workflow)
        writer.text(version)
        writer.signed(startedAt - Instant(milliseconds: id.milliseconds))
        writer.signed(updatedAt - startedAt)
        writer.optional(call) { $0.step($1) }
        writer.optional(leavingTo) { $0.text($1) }
        writer.optional(cancel) { $0.byte($1.rawValue) }
        writer.optional(trouble) { writer, trouble in
            writer.text(trouble.code.rawValue)
            writer.text(trouble.message)
            writer.optional(trouble.step) { $0.step($1) }
            writer.optional(trouble.undone) { $0.step($1) }
        }
        writer.count(alarms.count)
        for alarm in alarms {
            writer.count(alarm.number)
            writer.signed(alarm.at.milliseconds)
            writer.count(alarm.step)
            writer.text(alarm.message)
        }
        writer.attributes(attributes)
        writer.optional(maskedAttributes) { $0.attributes($1) }
        return writer.bytes
    }

    /// - Throws: ``BrokenRecord`` for bytes that this version did not write.
    public init(bytes: [UInt8], of id: SagaID) throws(BrokenRecord) {
        var reader = ByteReader(bytes)
        guard try reader.byte() == Self.form else {
            throw BrokenRecord(offset: 0, message: "a summary of another form")
        }
        key = try reader.optional { reader throws(BrokenRecord) in try reader.text() } ?? id.description
        workflow = try reader.text()
        version = try reader.text()
        startedAt = Instant(milliseconds: id.milliseconds) + (try reader.signed())
        updatedAt = startedAt + (try reader.signed())
        call = try reader.optional { reader throws(BrokenRecord) in try reader.step() }
        leavingTo = try reader.optional { reader throws(BrokenRecord) in try reader.text() }
        cancel = try reader.optional { reader throws(BrokenRecord) in
            let raw = try reader.byte()
            guard let verdict = CancelVerdict(rawValue: raw) else {
                throw BrokenRecord(offset: reader.position, message: "no cancel has the verdict \(raw)")
            }
            return verdict
        }
        trouble = try reader.optional { reader throws(BrokenRecord) in try reader.trouble() }
        alarms = []
        for _ in 0..<(try reader.count()) {
            alarms.append(
                Saga.Alarm(
                    number: try reader.count(), at: Instant(milliseconds: try reader.signed()),
                    step: try reader.count(), message: try reader.text()))
        }
        attributes = try reader.attributes()
        maskedAttributes = try reader.optional { reader throws(BrokenRecord) in try reader.attributes() }
        guard reader.isAtEnd else { throw BrokenRecord(offset: reader.position, message: "more than a summary") }
    }
}

extension ByteWriter {
    fileprivate mutating func step(_ step: SagaSummary.Step) {
        count(step.number)
        text(step.call)
        optional(step.undo) { $0.text($1) }
    }

    fileprivate mutating func attributes(_ attributes: MapValue) {
        blob(attributes.isEmpty ? [] : JSON.bytes(.map(attributes)))
    }
}

extension ByteReader {
    fileprivate mutating func step() throws(BrokenRecord) -> SagaSummary.Step {
        SagaSummary.Step(
            number: try count(), call: try text(),
            undo: try optional { reader throws(BrokenRecord) in try reader.text() })
    }

    fileprivate mutating func trouble() throws(BrokenRecord) -> SagaSummary.Trouble {
        let word = try text()
        guard let code = Saga.StuckCode(rawValue: word) else {
            throw BrokenRecord(offset: position, message: "no saga is stuck by '\(word)'")
        }
        return SagaSummary.Trouble(
            code: code, message: try text(),
            step: try optional { reader throws(BrokenRecord) in try reader.step() },
            undone: try optional { reader throws(BrokenRecord) in try reader.step() })
    }

    fileprivate mutating func attributes() throws(BrokenRecord) -> MapValue {
        let bytes = try blob()
        if bytes.isEmpty { return MapValue() }
        guard let map = (try? JSON.parse(bytes))?.mapValue else {
            throw BrokenRecord(offset: position, message: "attributes that are no JSON object")
        }
        return map
    }
}
