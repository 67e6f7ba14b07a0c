import Storage

/// The clock as data, what it decided for each dossier, and who was told.
///
/// 1. A calendar never changes; which one is in force is written in `clock_book`, whose versions
///    count up. Deadlines derived by one version can be derived again: shifts and half days are
///    only added to, each with the version that brought it.
/// 2. Of one dossier at most one stored hold of a cause is open.
/// 3. A dossier is extended once.
/// 4. For a dossier, a kind and a due time there is one notice, whatever happens in between.
extension RecordsSchema {
    static let deadlines = Migration(
        name: "deadlines", sql: clockTables + "\n" + dossierTables + "\n" + noticeTables)

    private static let clockTables = """
        CREATE TABLE calendar (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            version TEXT NOT NULL UNIQUE CHECK (version <> ''),
            -- yyyy-MM-dd
            effective_day TEXT NOT NULL CHECK (length(effective_day) = 10),
            text TEXT NOT NULL,
            import_time INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX calendar_by_effective_day ON calendar (effective_day, number);
        CREATE TRIGGER calendar_is_frozen BEFORE UPDATE ON calendar
            BEGIN SELECT raise(ABORT, 'a calendar never changes'); END;
        CREATE TRIGGER calendar_is_never_deleted BEFORE DELETE ON calendar
            BEGIN SELECT raise(ABORT, 'a calendar never changes'); END;

        CREATE TABLE clock_book (
            version INTEGER PRIMARY KEY CHECK (version >= 1),
            -- of the calendar in force
            calendar_version TEXT NOT NULL CHECK (calendar_version <> ''),
            -- Those of an agency that has none of its own, nor has one above it.
            standard_shifts TEXT NOT NULL,
            organisation_version INTEGER NOT NULL,
            cause TEXT NOT NULL CHECK (cause IN ('start', 'calendar', 'shifts', 'organisation',
                'rules')),
            time INTEGER NOT NULL
        ) STRICT;
        CREATE TRIGGER clock_book_is_frozen BEFORE UPDATE ON clock_book
            BEGIN SELECT raise(ABORT, 'a version of the clock never changes'); END;
        CREATE TRIGGER clock_book_is_never_deleted BEFORE DELETE ON clock_book
            BEGIN SELECT raise(ABORT, 'a version of the clock never changes'); END;

        -- What the operator said of the regimes' rules; the last row counts.
        CREATE TABLE regime_rules (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            -- JSON: by regime and rule
            text TEXT NOT NULL,
            time INTEGER NOT NULL
        ) STRICT;
        CREATE TRIGGER regime_rules_are_frozen BEFORE UPDATE ON regime_rules
            BEGIN SELECT raise(ABORT, 'what was said of rules is only added to'); END;
        CREATE TRIGGER regime_rules_are_never_deleted BEFORE DELETE ON regime_rules
            BEGIN SELECT raise(ABORT, 'what was said of rules is only added to'); END;

        CREATE TABLE agency_shifts (
            agency TEXT NOT NULL CHECK (agency <> ''),
            from_day TEXT NOT NULL CHECK (length(from_day) = 10),
            clock_version INTEGER NOT NULL REFERENCES clock_book (version),
            -- NULL: those of the agency above
            shifts TEXT CHECK (shifts <> ''),
            PRIMARY KEY (agency, from_day, clock_version)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE agency_half_day (
            agency TEXT NOT NULL CHECK (agency <> ''),
            day TEXT NOT NULL CHECK (length(day) = 10),
            clock_version INTEGER NOT NULL REFERENCES clock_book (version),
            -- NULL: worked as any other day
            shifts TEXT CHECK (shifts <> ''),
            PRIMARY KEY (agency, day, clock_version)
        ) STRICT, WITHOUT ROWID;
        CREATE TRIGGER agency_shifts_are_only_added_to BEFORE UPDATE ON agency_shifts
            BEGIN SELECT raise(ABORT, 'shifts are only added to'); END;
        CREATE TRIGGER agency_shifts_are_never_deleted BEFORE DELETE ON agency_shifts
            BEGIN SELECT raise(ABORT, 'shifts are only added to'); END;
        CREATE TRIGGER agency_half_days_are_only_added_to BEFORE UPDATE ON agency_half_day
            BEGIN SELECT raise(ABORT, 'half days are only added to'); END;
        CREATE TRIGGER agency_half_days_are_never_deleted BEFORE DELETE ON agency_half_day
            BEGIN SELECT raise(ABORT, 'half days are only added to'); END;

        -- One pass over all open deadlines by a version of the clock.
        CREATE TABLE rederivation (
            clock_version INTEGER PRIMARY KEY REFERENCES clock_book (version),
            start_time INTEGER NOT NULL,
            -- The dossiers up to this number are done.
            done_number INTEGER NOT NULL,
            -- Dossiers beyond it were accepted by this version or a later one.
            last_number INTEGER NOT NULL,
            examined INTEGER NOT NULL CHECK (examined >= 0),
            -- Counted with each move, examined with each piece that is done.
            moved INTEGER NOT NULL CHECK (moved >= 0),
            finish_time INTEGER
        ) STRICT;
        """

    private static let dossierTables = """
        -- Neither due nor suspended nor ended: nothing falls due with time.
        ALTER TABLE dossier ADD COLUMN next_notice_time INTEGER
            CHECK (next_notice_time IS NULL OR accept_time IS NOT NULL);
        CREATE INDEX dossier_by_notice ON dossier (next_notice_time)
            WHERE next_notice_time IS NOT NULL;
        -- The version of the clock that the due time was derived by last; 0 before the first.
        ALTER TABLE dossier ADD COLUMN clock_version INTEGER NOT NULL DEFAULT 0;
        -- How many rows of dossier_hold there are: most dossiers have none.
        ALTER TABLE dossier ADD COLUMN hold_count INTEGER NOT NULL DEFAULT 0
            CHECK (hold_count >= 0);
        ALTER TABLE dossier ADD COLUMN is_extended INTEGER NOT NULL DEFAULT 0
            CHECK (is_extended IN (0, 1));
        -- What a derivation of all open deadlines walks along.
        CREATE INDEX dossier_by_open_deadline ON dossier (number)
            WHERE accept_time IS NOT NULL AND state IN (2, 4, 5, 6);

        ALTER TABLE dossier_step ADD COLUMN due_time INTEGER;

        CREATE TABLE dossier_hold (
            dossier_id TEXT NOT NULL REFERENCES dossier (dossier_id),
            number INTEGER NOT NULL CHECK (number >= 1),
            cause TEXT NOT NULL
                CHECK (cause IN ('payment', 'consultation', 'other-agency', 'decision')),
            from_time INTEGER NOT NULL,
            to_time INTEGER CHECK (to_time > from_time),
            reason TEXT NOT NULL,
            legal_basis TEXT NOT NULL,
            official TEXT NOT NULL,
            PRIMARY KEY (dossier_id, number)
        ) STRICT, WITHOUT ROWID;
        CREATE UNIQUE INDEX dossier_hold_open ON dossier_hold (dossier_id, cause)
            WHERE to_time IS NULL;
        CREATE TRIGGER dossier_hold_that_ended_is_frozen BEFORE UPDATE ON dossier_hold
        WHEN (OLD.to_time IS NOT NULL AND NEW.to_time IS NOT OLD.to_time)
            OR NEW.from_time IS NOT OLD.from_time OR NEW.cause IS NOT OLD.cause
        BEGIN SELECT raise(ABORT, 'a hold only ends'); END;
        CREATE TRIGGER dossier_hold_is_never_deleted BEFORE DELETE ON dossier_hold
            BEGIN SELECT raise(ABORT, 'a hold only ends'); END;

        CREATE TABLE dossier_extension (
            dossier_id TEXT PRIMARY KEY REFERENCES dossier (dossier_id),
            units INTEGER NOT NULL CHECK (units >= 1),
            letter_number TEXT NOT NULL CHECK (letter_number <> ''),
            reason TEXT NOT NULL,
            grant_time INTEGER NOT NULL,
            official TEXT NOT NULL,
            due_time_before INTEGER NOT NULL,
            due_time_after INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        -- Its reason may be erased, like that of a hold: it may name persons.
        CREATE TRIGGER dossier_extension_is_granted_once BEFORE UPDATE OF dossier_id, units,
            letter_number, grant_time, due_time_before, due_time_after ON dossier_extension
            BEGIN SELECT raise(ABORT, 'an extension is granted once'); END;
        CREATE TRIGGER dossier_extension_is_never_deleted BEFORE DELETE ON dossier_extension
            BEGIN SELECT raise(ABORT, 'an extension is granted once'); END;

        CREATE TABLE deadline_move (
            dossier_id TEXT NOT NULL REFERENCES dossier (dossier_id),
            number INTEGER NOT NULL CHECK (number >= 1),
            time INTEGER NOT NULL,
            cause TEXT NOT NULL,
            -- As of a dossier.
            status_before INTEGER NOT NULL,
            due_time_before INTEGER,
            status_after INTEGER NOT NULL,
            due_time_after INTEGER,
            clock_version INTEGER NOT NULL,
            PRIMARY KEY (dossier_id, number)
        ) STRICT, WITHOUT ROWID;
        CREATE TRIGGER deadline_move_is_never_changed BEFORE UPDATE ON deadline_move
            BEGIN SELECT raise(ABORT, 'what moved a deadline is only added to'); END;
        CREATE TRIGGER deadline_move_is_never_deleted BEFORE DELETE ON deadline_move
            BEGIN SELECT raise(ABORT, 'what moved a deadline is only added to'); END;
        """

    private static let noticeTables = """
        CREATE TABLE notice (
            dossier_number INTEGER NOT NULL REFERENCES dossier (number),
            -- NoticeKind
            kind INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 4),
            due_time INTEGER NOT NULL,
            -- 0 for the dossier itself; of a part for kind 4
            step_number INTEGER NOT NULL CHECK ((step_number >= 1) = (kind IN (3, 4))),
            time INTEGER NOT NULL,
            PRIMARY KEY (dossier_number, kind, due_time, step_number)
        ) STRICT, WITHOUT ROWID;
        CREATE TRIGGER notice_is_never_changed BEFORE UPDATE ON notice
            BEGIN SELECT raise(ABORT, 'a notice was given once'); END;
        CREATE TRIGGER notice_is_never_deleted BEFORE DELETE ON notice
            BEGIN SELECT raise(ABORT, 'a notice was given once'); END;

        CREATE TABLE escalation (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            dossier_number INTEGER NOT NULL,
            kind INTEGER NOT NULL,
            due_time INTEGER NOT NULL,
            step_number INTEGER NOT NULL,
            agency TEXT NOT NULL,
            -- The principal of the accountable head; empty when there was none.
            head TEXT NOT NULL,
            fire_time INTEGER NOT NULL,
            acknowledge_time INTEGER,
            acknowledged_by TEXT NOT NULL DEFAULT '',
            FOREIGN KEY (dossier_number, kind, due_time, step_number) REFERENCES notice,
            CHECK ((acknowledge_time IS NULL) = (acknowledged_by = ''))
        ) STRICT;
        CREATE INDEX escalation_by_head ON escalation (head, number);
        CREATE INDEX escalation_open_by_head ON escalation (head, number)
            WHERE acknowledge_time IS NULL;
        CREATE INDEX escalation_open_by_agency ON escalation (agency, number)
            WHERE acknowledge_time IS NULL;
        CREATE INDEX escalation_by_acknowledger ON escalation (acknowledged_by, number)
            WHERE acknowledge_time IS NOT NULL;
        CREATE TRIGGER escalation_is_acknowledged_once BEFORE UPDATE ON escalation
        WHEN OLD.acknowledge_time IS NOT NULL OR NEW.head IS NOT OLD.head
            OR NEW.dossier_number IS NOT OLD.dossier_number OR NEW.fire_time IS NOT OLD.fire_time
        BEGIN SELECT raise(ABORT, 'an escalation is acknowledged once'); END;
        """
}
