import GRDB
import WorkingTime

/// The organisation's rows. Lives inside one read or one command.
struct OrganisationTable {
    let database: Database

    func version() throws -> Int64 {
        try Int64.fetchOne(
            database.cachedStatement(sql: "SELECT version FROM organisation_version"))!
    }

    /// Which rows these are, though the transaction that wrote them may be lost.
    struct Edition: Hashable, Sendable {
        var version: Int64
        var stamp: Int64
    }

    func edition() throws -> Edition {
        let row = try Row.fetchOne(
            database.cachedStatement(sql: "SELECT version, stamp FROM organisation_version"))!
        return Edition(version: row[0], stamp: row[1])
    }

    /// Reads everything: ask ``OrganisationCache`` instead.
    func organisation() throws -> Organisation {
        Organisation(
            version: try version(), agencies: try agencies(), counters: try counters(),
            officials: try officials())
    }

    /// Writes what differs, as the next version.
    ///
    /// - Returns: That version.
    func save(_ change: OrganisationChange) throws -> Int64 {
        for id in change.agencies.keys.sorted() {
            try database.cachedStatement(
                sql: "INSERT INTO agency (agency_id) VALUES (?) ON CONFLICT DO NOTHING"
            ).execute(arguments: [id])
        }
        // Oldest first: what ends has ended before what follows it begins.
        for (id, periods) in change.agencies.sorted(by: { $0.key < $1.key }) {
            for period in periods.periods { try save(period, of: id) }
            try database.cachedStatement(sql: "UPDATE agency SET successor = ? WHERE agency_id = ?")
                .execute(arguments: [periods.successor.isEmpty ? nil : periods.successor, id])
        }
        for counter in change.counters { try save(counter) }
        for official in change.officials {
            try database.cachedStatement(
                sql: """
                    INSERT INTO official (official, full_name) VALUES (?, ?)
                    ON CONFLICT (official) DO UPDATE SET full_name = excluded.full_name
                    """
            ).execute(arguments: [official.principal, official.fullName])
        }
        for post in change.officials.flatMap(\.posts).sorted(by: { $0.days.from < $1.days.from }) {
            try save(post)
        }
        return try Int64.fetchOne(
            database.cachedStatement(
                sql: """
                    UPDATE organisation_version SET version = version + 1, stamp = random()
                    RETURNING version
                    """))!
    }

    /// How many dossiers of each unit have not ended.
    func openDossierCount(of unit: String) throws -> Int64 {
        try Int64.fetchOne(
            database.cachedStatement(
                sql: """
                    SELECT count(*) FROM dossier
                    WHERE receiving_unit = ? AND state IN (1, 2, 4, 5, 6, 9)
                    """), arguments: [unit])!
    }
}

// Writing.
extension OrganisationTable {
    private func save(_ period: AgencyPeriod, of id: String) throws {
        try database.cachedStatement(
            sql: """
                INSERT INTO agency_period
                    (agency_id, from_day, last_day, name, level, parent, takes_dossiers)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (agency_id, from_day) DO UPDATE SET last_day = excluded.last_day,
                    name = excluded.name, level = excluded.level, parent = excluded.parent,
                    takes_dossiers = excluded.takes_dossiers
                """
        ).execute(arguments: [
            id, period.days.from.description, period.days.lastDay?.description, period.name,
            period.level.rawValue, period.parent.isEmpty ? nil : period.parent,
            period.takesDossiers,
        ])
    }

    private func save(_ counter: Counter) throws {
        try database.cachedStatement(
            sql: """
                INSERT INTO counter (agency_id, counter_id, name, from_day, last_day)
                VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (agency_id, counter_id) DO UPDATE SET name = excluded.name,
                    from_day = excluded.from_day, last_day = excluded.last_day
                """
        ).execute(arguments: [
            counter.agency, counter.id, counter.name, counter.days.from.description,
            counter.days.lastDay?.description,
        ])
    }

    private func save(_ post: Post) throws {
        try database.cachedStatement(
            sql: """
                INSERT INTO post (official, agency_id, role, from_day, last_day, title)
                VALUES (?, ?, ?, ?, ?, ?)
                ON CONFLICT (official, agency_id, role, from_day) DO UPDATE SET
                    last_day = excluded.last_day, title = excluded.title
                """
        ).execute(arguments: [
            post.official, post.agency, post.role.rawValue, post.days.from.description,
            post.days.lastDay?.description, post.title,
        ])
    }
}

// Reading.
extension OrganisationTable {
    private func agencies() throws -> [String: Agency] {
        var agencies: [String: Agency] = [:]
        for row in try Row.fetchAll(
            database.cachedStatement(sql: "SELECT agency_id, successor FROM agency"))
        {
            let id: String = row[0]
            agencies[id] = Agency(id: id, periods: [], successor: row[1] ?? "")
        }
        let periods = try Row.fetchAll(
            database.cachedStatement(
                sql: """
                    SELECT agency_id, from_day, last_day, name, level, parent, takes_dossiers
                    FROM agency_period ORDER BY agency_id, from_day
                    """))
        for row in periods {
            agencies[row[0]]!.periods.append(
                AgencyPeriod(
                    days: try days(row[1], row[2]), name: row[3],
                    level: AgencyLevel(rawValue: row[4])!, parent: row[5] ?? "",
                    takesDossiers: row[6]))
        }
        return agencies
    }

    private func counters() throws -> [Counter] {
        try Row.fetchAll(
            database.cachedStatement(
                sql: "SELECT agency_id, counter_id, name, from_day, last_day FROM counter")
        ).map { row in
            Counter(
                agency: row[0], id: row[1], name: row[2], days: try days(row[3], row[4]))
        }
    }

    private func officials() throws -> [String: Official] {
        var officials: [String: Official] = [:]
        for row in try Row.fetchAll(
            database.cachedStatement(sql: "SELECT official, full_name FROM official"))
        {
            let principal: String = row[0]
            officials[principal] = Official(principal: principal, fullName: row[1], posts: [])
        }
        let posts = try Row.fetchAll(
            database.cachedStatement(
                sql: """
                    SELECT official, agency_id, role, title, from_day, last_day FROM post
                    ORDER BY official, from_day, agency_id, role
                    """))
        for row in posts {
            officials[row[0]]!.posts.append(
                Post(
                    agency: row[1], role: PostRole(rawValue: row[2])!, title: row[3],
                    official: row[0], days: try days(row[4], row[5])))
        }
        return officials
    }

    private func days(_ from: String, _ last: String?) throws -> DayRange {
        DayRange(
            from: try CivilDate(parsing: from), lastDay: try last.map { try CivilDate(parsing: $0) }
        )
    }
}
