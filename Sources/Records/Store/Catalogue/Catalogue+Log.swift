import GRDB
import WorkingTime

/// One line of a procedure's review log.
struct LoggedVersion {
    var id: String
    var version: Int32
    var name: String
    var isInForce: Bool
    var log: VersionLog
    var document: DocumentControl?
}

// The log of versions.
extension Catalogue {
    func log(of id: String, version: Int32) throws -> VersionLog? {
        try Row.fetchOne(
            database.cachedStatement(
                sql: """
                    SELECT \(Self.logColumns) FROM procedure_version v
                    WHERE v.procedure_id = ? AND v.version = ?
                    """), arguments: [id, version]
        ).map { Self.log($0, from: 0) }
    }

    /// Oldest first.
    func versions(
        of id: String, after version: Int32, limit: Int, on day: CivilDate
    ) throws -> [LoggedVersion] {
        let inForce = try versionInForce(of: id, on: day)
        return try Row.fetchAll(
            database.cachedStatement(
                sql: """
                    SELECT v.procedure_id, v.version, v.name, \(Self.logColumns)
                    FROM procedure_version v WHERE v.procedure_id = ? AND v.version > ?
                    ORDER BY v.version LIMIT ?
                    """), arguments: [id, version, limit]
        ).map { try logged($0, isInForce: $0[1] == inForce) }
    }

    /// Versions in force on `today` whose document was to be reviewed before `day`, the earliest
    /// review first.
    ///
    /// - Parameter place: The review day, id and version of the last one seen.
    func dueReviews(
        before day: CivilDate, after place: (day: Int, id: String), limit: Int, today: CivilDate
    ) throws -> [LoggedVersion] {
        try Row.fetchAll(
            database.cachedStatement(
                sql: """
                    SELECT v.procedure_id, v.version, v.name, \(Self.logColumns)
                    FROM procedure_version v JOIN procedure USING (procedure_id)
                    WHERE v.status = 2 AND v.document_review_day < :before
                        AND v.document_review_day >= :afterDay
                        AND (v.document_review_day, v.procedure_id) > (:afterDay, :afterID)
                        AND v.version = (\(Self.inForce))
                    ORDER BY v.document_review_day, v.procedure_id LIMIT :limit
                    """),
            arguments: [
                "before": day.daysSinceEpoch, "afterDay": place.day, "afterID": place.id,
                "limit": limit, "day": today.daysSinceEpoch,
            ]
        ).map { try logged($0, isInForce: true) }
    }

    private func logged(_ row: Row, isInForce: Bool) throws -> LoggedVersion {
        LoggedVersion(
            id: row[0], version: row[1], name: row[2], isInForce: isInForce,
            log: Self.log(row, from: 3), document: try document(of: row[0], version: row[1]))
    }

    private static let logColumns = """
        v.status, v.import_time, v.saved_by, v.draft_revision, v.effective_day, v.publish_time,
        v.published_by, v.change, v.reason, v.retire_time, v.retired_by, v.retire_reason
        """

    private static func log(_ row: Row, from first: Int) -> VersionLog {
        func time(_ index: Int) -> Instant? {
            (row[first + index] as Int64?).map { Instant(millisecondsSinceEpoch: $0) }
        }
        var log = VersionLog(
            status: VersionStatus(rawValue: row[first])!, saveTime: time(1)!,
            savedBy: row[first + 2], draftRevision: row[first + 3])
        if let published = time(5) {
            log.publication = .init(
                effectiveDay: CivilDate(daysSinceEpoch: row[first + 4]), time: published,
                by: row[first + 6], change: row[first + 7], reason: row[first + 8])
        }
        if let retired = time(9) {
            log.retirement = .init(time: retired, by: row[first + 10], reason: row[first + 11])
        }
        return log
    }
}

// Counting.
extension Catalogue {
    /// How many procedures are in force on a day, and how many of them have an internal process.
    struct Count {
        var authority: AuthorityLevel?
        var service: ServiceLevel?
        var procedures: Int
        var processes: Int
    }

    /// One count for each pair of levels that occurs.
    func counts(on day: CivilDate) throws -> [Count] {
        try Row.fetchAll(
            database.cachedStatement(
                sql: """
                    SELECT v.authority_level, v.service_level, count(*), sum(EXISTS (
                        SELECT 1 FROM procedure_stage g
                        WHERE g.procedure_id = v.procedure_id AND g.version = v.version))
                    FROM procedure JOIN procedure_version v
                        ON v.procedure_id = procedure.procedure_id AND v.version = (\(Self.inForce))
                    GROUP BY v.authority_level, v.service_level
                    """), arguments: ["day": day.daysSinceEpoch]
        ).map { row in
            Count(
                authority: (row[0] as Int?).map { AuthorityLevel(rawValue: $0)! },
                service: (row[1] as Int?).map { ServiceLevel(rawValue: $0)! },
                procedures: row[2], processes: row[3])
        }
    }

    /// How far each procedure of a level in force goes online, and who offers it where not everybody
    /// of the level does.
    func services(
        of authority: AuthorityLevel, on day: CivilDate
    ) throws -> [(service: ServiceLevel?, offeredBy: [String])] {
        try Row.fetchAll(
            database.cachedStatement(
                sql: """
                    SELECT v.service_level, v.offered_by FROM procedure JOIN procedure_version v
                        ON v.procedure_id = procedure.procedure_id AND v.version = (\(Self.inForce))
                    WHERE v.authority_level = :authority
                    """), arguments: ["day": day.daysSinceEpoch, "authority": authority.rawValue]
        ).map { row in
            let offeredBy: String = row[1]
            return (
                (row[0] as Int?).map { ServiceLevel(rawValue: $0)! },
                offeredBy == "[]" ? [] : try JSONText.decode(offeredBy)
            )
        }
    }

    /// Procedures in force, else retired, in the order of their ids.
    func exported(after id: String, limit: Int, on day: CivilDate) throws -> [CatalogueLine] {
        try String.fetchAll(
            database.cachedStatement(
                sql: """
                    SELECT procedure_id FROM procedure
                    WHERE length(procedure_id) >= length(:after)
                        AND (length(procedure_id), procedure_id) > (length(:after), :after)
                        AND ((\(Self.inForce)) IS NOT NULL OR EXISTS (
                            SELECT 1 FROM procedure_version r
                            WHERE r.procedure_id = procedure.procedure_id AND r.status = 3))
                    ORDER BY length(procedure_id), procedure_id LIMIT :limit
                    """),
            arguments: ["after": id, "limit": limit, "day": day.daysSinceEpoch]
        ).map { id in
            guard let kept = try current(id, on: day) else {
                preconditionFailure("a procedure that was just found")
            }
            return CatalogueLine(
                procedureID: id, content: kept.procedure.content,
                isRetired: kept.log.status == .retired)
        }
    }
}
