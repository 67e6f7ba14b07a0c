import Storage

/// What is kept beside the dossiers so that nobody has to search them: in which queues each stands,
/// and how many of each kind an agency had on a day.
///
/// 1. The rows of `queue_entry` are those of ``QueuePlace``, for every dossier, after every
///    command.
/// 2. `queue_place` has one row for a dossier that stands in a queue: what it has in `queue_entry`
///    is found, and moved, without loading the dossier.
/// 3. `agency_day` counts a dossier once, for the unit that received it, whoever works on it.
extension RecordsSchema {
    static let queues = Migration(
        name: "queues and figures", sql: queueTables + "\n" + figureTables)

    private static let queueTables = """
        CREATE TABLE queue_scope (
            scope_number INTEGER PRIMARY KEY,
            -- QueueScope.Kind
            kind INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 6),
            id TEXT NOT NULL CHECK (id <> ''),
            UNIQUE (kind, id)
        ) STRICT;

        CREATE TABLE queue_entry (
            scope_number INTEGER NOT NULL,
            -- QueueKey: the due time, or what the queue is in order of instead
            due_time INTEGER NOT NULL,
            dossier_number INTEGER NOT NULL,
            PRIMARY KEY (scope_number, due_time, dossier_number)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE queue_place (
            dossier_number INTEGER PRIMARY KEY REFERENCES dossier (number),
            due_time INTEGER NOT NULL,
            -- a JSON array of scope numbers
            scopes TEXT NOT NULL CHECK (json_array_length(scopes) >= 1)
        ) STRICT;

        -- Organisation.path of each agency on the day it was last looked at.
        CREATE TABLE queue_path (
            agency TEXT PRIMARY KEY,
            -- a JSON array of identifiers, the root first
            path TEXT NOT NULL CHECK (json_array_length(path) >= 1)
        ) STRICT, WITHOUT ROWID;

        -- How far a pass over all dossiers has come that places them anew.
        CREATE TABLE queue_pass (
            one INTEGER PRIMARY KEY CHECK (one = 1),
            after_number INTEGER NOT NULL,
            is_done INTEGER NOT NULL CHECK (is_done IN (0, 1))
        ) STRICT;
        INSERT INTO queue_pass (one, after_number, is_done)
            SELECT 1, 0, NOT EXISTS (SELECT 1 FROM dossier);
        """

    private static let figureTables = """
        CREATE TABLE agency_day (
            agency TEXT NOT NULL,
            -- days since 1970-01-01 in Vietnam
            day INTEGER NOT NULL,
            submitted INTEGER NOT NULL DEFAULT 0,
            accepted INTEGER NOT NULL DEFAULT 0,
            refused INTEGER NOT NULL DEFAULT 0,
            withdrawn_unaccepted INTEGER NOT NULL DEFAULT 0,
            withdrawn_accepted INTEGER NOT NULL DEFAULT 0,
            stopped INTEGER NOT NULL DEFAULT 0,
            finished_on_time INTEGER NOT NULL DEFAULT 0,
            finished_late INTEGER NOT NULL DEFAULT 0,
            finished_no_limit INTEGER NOT NULL DEFAULT 0,
            returned INTEGER NOT NULL DEFAULT 0,
            contacts INTEGER NOT NULL DEFAULT 0,
            agency_minutes INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY (agency, day)
        ) STRICT, WITHOUT ROWID;
        """
}
