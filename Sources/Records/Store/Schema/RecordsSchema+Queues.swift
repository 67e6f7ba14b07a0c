import Storage

/// What is kept beside the dossiers so that nobody has to search them: in which queues each stands,
/// and how many of each kind an agency had on a day.
///
/// 1. The rows of `queue_entry` are those of ``QueuePlace``, for every dossier, after every
///    command.
/// 2. `queue_place` has one row for a dossier that stands in a queue: what it has in `queue_entry`
///    is found, and moved, without loading the dossier.
/// 3. `agency_day` counts a dossier once, for the unit that received it, whoever works on it; what
///    waits and what is open after a day stands in its row, so that nobody sums the years before.
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
            -- identifiers, the root first, a blank between two: every hand-in reads one
            path TEXT NOT NULL CHECK (path <> '')
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
            -- AgencyFigures.waitingChange and openChange of this day and of all before it
            waiting_after INTEGER NOT NULL DEFAULT 0,
            open_after INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY (agency, day)
        ) STRICT, WITHOUT ROWID;

        -- Working minutes for which agencies held the dossier, once it has ended.
        ALTER TABLE dossier ADD COLUMN agency_minutes INTEGER
            CHECK (agency_minutes IS NULL OR (agency_minutes >= 0 AND accept_time IS NOT NULL));

        -- What happened before there were figures; nobody measured the minutes then.
        INSERT INTO agency_day (agency, day, submitted)
            SELECT receiving_unit, (submit_time + 25200000) / 86400000, count(*) FROM dossier
            WHERE TRUE GROUP BY 1, 2;
        INSERT INTO agency_day (agency, day, accepted)
            SELECT receiving_unit, (accept_time + 25200000) / 86400000, count(*) FROM dossier
            WHERE accept_time IS NOT NULL GROUP BY 1, 2
            ON CONFLICT (agency, day) DO UPDATE SET accepted = excluded.accepted;
        INSERT INTO agency_day (agency, day, finished_on_time, finished_late, finished_no_limit)
            SELECT receiving_unit, (finish_time + 25200000) / 86400000,
                sum(due_time IS NOT NULL AND finish_time <= due_time),
                sum(due_time IS NOT NULL AND finish_time > due_time), sum(due_time IS NULL)
            FROM dossier WHERE state IN (9, 10) GROUP BY 1, 2
            ON CONFLICT (agency, day) DO UPDATE SET finished_on_time = excluded.finished_on_time,
                finished_late = excluded.finished_late,
                finished_no_limit = excluded.finished_no_limit;
        INSERT INTO agency_day (agency, day, returned)
            SELECT receiving_unit, (return_time + 25200000) / 86400000, count(*) FROM dossier
            WHERE state = 10 GROUP BY 1, 2
            ON CONFLICT (agency, day) DO UPDATE SET returned = excluded.returned;
        INSERT INTO agency_day (agency, day, refused, withdrawn_unaccepted, withdrawn_accepted,
            stopped)
            SELECT receiving_unit, (time + 25200000) / 86400000, sum(dossier.state = 3),
                sum(dossier.state = 7 AND accept_time IS NULL),
                sum(dossier.state = 7 AND accept_time IS NOT NULL), sum(dossier.state = 8)
            FROM dossier JOIN dossier_history AS line ON line.dossier_id = dossier.dossier_id
                AND line.state = dossier.state
                AND line.number = (SELECT min(number) FROM dossier_history AS first
                    WHERE first.dossier_id = line.dossier_id AND first.state = line.state)
            WHERE dossier.state IN (3, 7, 8) GROUP BY 1, 2
            ON CONFLICT (agency, day) DO UPDATE SET refused = excluded.refused,
                withdrawn_unaccepted = excluded.withdrawn_unaccepted,
                withdrawn_accepted = excluded.withdrawn_accepted, stopped = excluded.stopped;
        UPDATE agency_day SET waiting_after = sums.waiting, open_after = sums.open
            FROM (
                SELECT agency, day,
                    sum(submitted - accepted - refused - withdrawn_unaccepted) OVER until_day
                        AS waiting,
                    sum(accepted - finished_on_time - finished_late - finished_no_limit - stopped
                        - withdrawn_accepted) OVER until_day AS open
                FROM agency_day WINDOW until_day AS (PARTITION BY agency ORDER BY day)
            ) AS sums
            WHERE sums.agency = agency_day.agency AND sums.day = agency_day.day;
        """
}
