import Storage

/// The organisation's rows. Days are yyyy-MM-dd and compare as text; a last day is included.
///
/// 1. The periods of an agency share no day.
/// 2. An agency has one head at a time.
/// 3. A period lies below a parent, and the root below none; an agency below itself is refused by
///    the levels, which only grow downwards (``Organisation/problems()``).
/// 4. Nothing is deleted: what ends gets a last day.
/// 5. The version grows by one with every change: what was read at a version is true while it
///    stands.
extension RecordsSchema {
    static let organisation = Migration(
        name: "organisation",
        sql: """
            CREATE TABLE organisation_version (
                one INTEGER PRIMARY KEY CHECK (one = 1),
                version INTEGER NOT NULL CHECK (version >= 0),
                -- drawn with each version: tells one that was lost from the one made in its place
                stamp INTEGER NOT NULL
            ) STRICT;
            INSERT INTO organisation_version (one, version, stamp) VALUES (1, 0, 0);
            CREATE TRIGGER organisation_version_counts_by_one BEFORE UPDATE ON organisation_version
            WHEN NEW.version <> OLD.version + 1
                BEGIN SELECT raise(ABORT, 'the version counts by one'); END;
            CREATE TRIGGER organisation_version_is_never_deleted
            BEFORE DELETE ON organisation_version
                BEGIN SELECT raise(ABORT, 'the version counts by one'); END;

            CREATE TABLE agency (
                agency_id TEXT PRIMARY KEY CHECK (
                    length(agency_id) BETWEEN 1 AND 35 AND agency_id NOT GLOB '*[^0-9A-Z.]*'),
                -- who answers for its dossiers once it is closed
                successor TEXT REFERENCES agency (agency_id) CHECK (successor <> agency_id)
            ) STRICT, WITHOUT ROWID;

            CREATE TABLE agency_period (
                agency_id TEXT NOT NULL REFERENCES agency (agency_id),
                from_day TEXT NOT NULL CHECK (length(from_day) = 10),
                last_day TEXT CHECK (length(last_day) = 10 AND last_day >= from_day),
                name TEXT NOT NULL CHECK (name <> ''),
                -- 1 city, 2 centre, 3 branch, 4 reception point, 5 department, 6 commune, 7 ward,
                -- 8 district
                level INTEGER NOT NULL CHECK (level BETWEEN 1 AND 8),
                parent TEXT REFERENCES agency (agency_id) CHECK (parent <> agency_id),
                takes_dossiers INTEGER NOT NULL CHECK (takes_dossiers IN (0, 1)),
                PRIMARY KEY (agency_id, from_day),
                CHECK ((level = 1) = (parent IS NULL))
            ) STRICT, WITHOUT ROWID;
            CREATE TRIGGER agency_periods_share_no_day BEFORE INSERT ON agency_period
            WHEN EXISTS (
                SELECT 1 FROM agency_period AS other
                WHERE other.agency_id = NEW.agency_id
                    AND other.from_day <> NEW.from_day
                    AND other.from_day <= ifnull(NEW.last_day, '9999-12-31')
                    AND NEW.from_day <= ifnull(other.last_day, '9999-12-31'))
                BEGIN SELECT raise(ABORT, 'two periods of an agency share a day'); END;
            CREATE TRIGGER agency_periods_still_share_no_day BEFORE UPDATE ON agency_period
            WHEN EXISTS (
                SELECT 1 FROM agency_period AS other
                WHERE other.agency_id = NEW.agency_id
                    AND other.from_day <> OLD.from_day
                    AND other.from_day <= ifnull(NEW.last_day, '9999-12-31')
                    AND NEW.from_day <= ifnull(other.last_day, '9999-12-31'))
                BEGIN SELECT raise(ABORT, 'two periods of an agency share a day'); END;

            CREATE TABLE counter (
                agency_id TEXT NOT NULL REFERENCES agency (agency_id),
                counter_id TEXT NOT NULL CHECK (counter_id <> ''),
                name TEXT NOT NULL CHECK (name <> ''),
                from_day TEXT NOT NULL CHECK (length(from_day) = 10),
                last_day TEXT CHECK (length(last_day) = 10 AND last_day >= from_day),
                PRIMARY KEY (agency_id, counter_id)
            ) STRICT, WITHOUT ROWID;

            CREATE TABLE official (
                -- the principal that tokens name
                official TEXT PRIMARY KEY CHECK (official <> ''),
                full_name TEXT NOT NULL CHECK (full_name <> '')
            ) STRICT, WITHOUT ROWID;

            CREATE TABLE post (
                official TEXT NOT NULL REFERENCES official (official),
                agency_id TEXT NOT NULL REFERENCES agency (agency_id),
                -- 1 receptionist, 2 handler, 3 approver, 4 clerk, 5 head, 6 deputy head
                role INTEGER NOT NULL CHECK (role BETWEEN 1 AND 6),
                from_day TEXT NOT NULL CHECK (length(from_day) = 10),
                last_day TEXT CHECK (length(last_day) = 10 AND last_day >= from_day),
                title TEXT NOT NULL CHECK (title <> ''),
                PRIMARY KEY (official, agency_id, role, from_day)
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX post_of_head ON post (agency_id, from_day) WHERE role = 5;
            CREATE TRIGGER agency_has_one_head BEFORE INSERT ON post
            WHEN NEW.role = 5 AND EXISTS (
                SELECT 1 FROM post AS other
                WHERE other.role = 5 AND other.agency_id = NEW.agency_id
                    AND NOT (other.official = NEW.official AND other.from_day = NEW.from_day)
                    AND other.from_day <= ifnull(NEW.last_day, '9999-12-31')
                    AND NEW.from_day <= ifnull(other.last_day, '9999-12-31'))
                BEGIN SELECT raise(ABORT, 'an agency has one head at a time'); END;
            CREATE TRIGGER agency_still_has_one_head BEFORE UPDATE ON post
            WHEN NEW.role = 5 AND EXISTS (
                SELECT 1 FROM post AS other
                WHERE other.role = 5 AND other.agency_id = NEW.agency_id
                    AND NOT (other.official = OLD.official AND other.from_day = OLD.from_day)
                    AND other.from_day <= ifnull(NEW.last_day, '9999-12-31')
                    AND NEW.from_day <= ifnull(other.last_day, '9999-12-31'))
                BEGIN SELECT raise(ABORT, 'an agency has one head at a time'); END;

            \(neverDeleted("agency"))
            \(neverDeleted("agency_period"))
            \(neverDeleted("counter"))
            \(neverDeleted("official"))
            \(neverDeleted("post"))
            """)

    private static func neverDeleted(_ table: String) -> String {
        """
        CREATE TRIGGER \(table)_is_never_deleted BEFORE DELETE ON \(table)
            BEGIN SELECT raise(ABORT, 'what ends gets a last day'); END;
        """
    }
}
