internal import SagaCore

/// Where sealed bytes stand. They open there and nowhere else: what it says is authenticated with them, so that whoever can write the
/// file cannot move a row to another saga or to another place in its history.
enum SealPlace {
    /// What lists show of a saga: as of the last row of its history and of its status, which may be set without the saga being read.
    case summary(saga: Int64, last: Int64, status: UInt8)
    /// A saga's row in a view, under the hash of its key.
    case view(Int64, saga: Int64, low: Int64, key: Int64?)
    /// A history has one row at each place.
    case history(saga: Int64, n: Int64, at: Int64)
    case early(workflow: String, key: String, name: String, at: Int64, until: Int64)
    case job(act: String, acceptedAt: Int64, total: Int64)

    /// Which kind of place; part of what is authenticated, so never renumbered.
    var kind: UInt8 {
        switch self {
        case .history: 1
        case .early: 2
        case .job: 3
        case .summary: 4
        case .view: 5
        }
    }

    /// Some 70 minutes of starts share one key that is derived from the data key: AES-GCM's random nonces are good for 2^32 messages
    /// of one key (NIST SP 800-38D, 8.3), which a busy store could reach in weeks, and never in an hour.
    var period: Int64 {
        switch self {
        // A saga's number is milliseconds and 12 bits of a counter.
        case .history(let saga, _, _), .summary(let saga, _, _), .view(_, let saga, _, _): saga >> 34
        case .early(_, _, _, let at, _): at >> 22
        case .job(_, let acceptedAt, _): acceptedAt >> 22
        }
    }

    /// What is authenticated with the bytes.
    var authenticated: [UInt8] {
        var bytes: [UInt8] = [kind]
        switch self {
        case .history(let saga, let n, let at):
            bytes.append(number: saga)
            bytes.append(number: n)
            bytes.append(number: at)
        case .early(let workflow, let key, let name, let at, let until):
            for text in [workflow, key, name] {
                bytes.append(number: Int64(text.utf8.count))
                bytes += text.utf8
            }
            bytes.append(number: at)
            bytes.append(number: until)
        case .job(let act, let acceptedAt, let total):
            bytes.append(number: Int64(act.utf8.count))
            bytes += act.utf8
            bytes.append(number: acceptedAt)
            bytes.append(number: total)
        case .summary(let saga, let last, let status):
            bytes.append(number: saga)
            bytes.append(number: last)
            bytes.append(status)
        case .view(let view, let saga, let low, let key):
            for number in [view, saga, low, key == nil ? 0 : 1, key ?? 0] { bytes.append(number: number) }
        }
        return bytes
    }
}

extension SealPlace {
    static func summary(_ saga: SagaRow) -> SealPlace {
        .summary(saga: saga.id.number, last: saga.last, status: saga.status.rawValue)
    }
}
