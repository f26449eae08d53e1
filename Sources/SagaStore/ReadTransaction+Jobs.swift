internal import Foundation
internal import GRDB
internal import SagaCore

extension ReadTransaction {
    /// The job with that id, or `nil`; also when its row does not read.
    public func job(_ id: Int64) throws -> JobRow? {
        let statement = try db.cachedStatement(sql: "SELECT \(JobRow.columns) FROM job WHERE id = ?")
        return try Row.fetchOne(statement, arguments: [id]).flatMap { JobRow($0, ring) }
    }

    /// Jobs, newest first.
    public func jobs(before: Int64 = .max, limit: Int) throws -> [JobRow] {
        try Row.fetchAll(
            db, sql: "SELECT \(JobRow.columns) FROM job WHERE id < ? ORDER BY id DESC LIMIT ?",
            arguments: [before, limit]
        ).compactMap { JobRow($0, ring) }
    }

    /// The highest id of a job, 0 when there is none.
    func lastJob() throws -> Int64 {
        try Int64.fetchOne(db, sql: "SELECT max(id) FROM job WHERE id BETWEEN 0 AND ?", arguments: [Self.countMax]) ?? 0
    }

    /// The jobs that are not done, oldest first. Those that do not read are left out: see ``unreadableJobs()``.
    public func openJobs() throws -> [JobRow] {
        try Row.fetchAll(db, sql: "SELECT \(JobRow.columns) FROM job WHERE ended IS NULL ORDER BY id")
            .compactMap { JobRow($0, ring) }
    }

    /// The ids of jobs that do not read and so are not worked off.
    public func unreadableJobs() throws -> [Int64] {
        try Row.fetchAll(db, sql: "SELECT \(JobRow.columns) FROM job WHERE ended IS NULL ORDER BY id")
            .filter { JobRow($0, ring) == nil }.compactMap { $0.integer(0) }
    }

    /// The sagas of a job from a place on, in order.
    public func sagas(ofJob job: Int64, from position: Int64, limit: Int) throws -> [JobSagaRow] {
        let statement = try db.cachedStatement(
            sql: """
                SELECT position, saga, low, outcome, message FROM job_saga WHERE job = ? AND position >= ?
                ORDER BY position LIMIT ?
                """)
        return try Row.fetchAll(statement, arguments: [job, position, limit]).compactMap { row in
            guard let place = row.integer(0), (0...JobRow.totalMax).contains(place), let saga = row.integer(1),
                let low = row.integer(2)
            else { return nil }
            return JobSagaRow(
                position: place, saga: SagaID(high: SagaID.high(number: saga), low: UInt64(bitPattern: low)),
                outcome: row.integer(3).flatMap { UInt8(exactly: $0) }.flatMap(JobSagaRow.ActOutcome.init(rawValue:)),
                message: String.fromDatabaseValue(row[4]))
        }
    }

    /// How many sagas of a job have come to which outcome.
    public func outcomes(ofJob job: Int64) throws -> [JobSagaRow.ActOutcome: Int] {
        let rows = try Row.fetchAll(
            db, sql: "SELECT outcome, count(*) FROM job_saga WHERE job = ? AND outcome IS NOT NULL GROUP BY outcome",
            arguments: [job])
        var counts: [JobSagaRow.ActOutcome: Int] = [:]
        for row in rows {
            guard let raw = row.integer(0).flatMap({ UInt8(exactly: $0) }),
                let outcome = JobSagaRow.ActOutcome(rawValue: raw)
            else { continue }
            counts[outcome] = row.integer(1).map { Int($0) }
        }
        return counts
    }
}

extension JobRow {
    /// More acts in more milliseconds than any job has, whose products fit 64 bits.
    static let paceMax: Int64 = 1_000_000_000
    /// More sagas than any job has.
    static let totalMax = Int64(Int32.max)

    static let columns = "id, act, words, uid, gid, pid, count, per, accepted, ended, total, position"

    /// What is sealed: an operator's own words, which may be anything, and by what the sagas were chosen.
    func sealed(by ring: KeyRing) throws -> Data {
        let behalf = by?.behalf.map { [Array($0.utf8)] } ?? []
        return try ring.seal(Packed.bytes([Array(reason.utf8), Array(filter.utf8)] + behalf), at: place)
    }

    private var place: SealPlace { .job(act: act, acceptedAt: acceptedAt.milliseconds, total: total) }

    /// `nil` when it does not read.
    init?(_ row: Row, _ ring: KeyRing) {
        guard let act = String.fromDatabaseValue(row[1]), let words = row.blob(2),
            let count = row.integer(6), let per = row.integer(7),
            let accepted = row.integer(8), let total = row.integer(10), let position = row.integer(11),
            let uid = Int64?.fromDatabaseValue(row[3]), let gid = Int64?.fromDatabaseValue(row[4]),
            let pid = Int64?.fromDatabaseValue(row[5]), let ended = Int64?.fromDatabaseValue(row[9]),
            let number = row.integer(0), (1...Self.paceMax).contains(count), (1...Self.paceMax).contains(per),
            (0...Self.totalMax).contains(total), (0...total).contains(position)
        else { return nil }
        var by: Actor?
        if let uid, let gid, let pid {
            by = Actor(
                uid: UInt32(truncatingIfNeeded: uid), gid: UInt32(truncatingIfNeeded: gid),
                pid: Int32(truncatingIfNeeded: pid))
        }
        self.init(
            act: act, reason: "", by: by, filter: "", count: count, per: per,
            acceptedAt: Instant(milliseconds: accepted), total: total)
        guard let opened = try? ring.open(words, at: place), let parts = Packed.parts(opened),
            (2...3).contains(parts.count)
        else {
            return nil
        }
        reason = String(decoding: parts[0], as: UTF8.self)
        filter = String(decoding: parts[1], as: UTF8.self)
        if parts.count == 3 { self.by?.behalf = String(decoding: parts[2], as: UTF8.self) }
        id = number
        endedAt = ended.map { Instant(milliseconds: $0) }
        self.position = position
    }
}
