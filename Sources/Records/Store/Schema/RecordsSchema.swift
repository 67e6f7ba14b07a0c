import Storage

/// The tables of this service. A migration is frozen once it has left the house; a change is a new
/// one.
///
/// 1. A published procedure version and what belongs to it are neither changed nor deleted, except
///    that it is retired: triggers refuse it. A procedure has at most one draft.
/// 2. A dossier is bound to a procedure version, and its limit, fee lines and components are that
///    version's.
/// 3. A code is unique; a unit's day counts 1, 2, 3 … in `code_counter`, in the transaction of the
///    acceptance.
/// 4. History is only added to.
/// 5. A dossier moves as ``DossierState/moves(isAccepted:)`` says, keeps its code and time of
///    acceptance once it has them, and is never deleted. Within an epoch of payments,
///    the place of its fee only grows.
/// 6. Look-up secrets stand in no row: they are derived from the one key, which never changes.
/// 7. Times are milliseconds since 1970 UTC.
enum RecordsSchema {
    static let migrations = [
        Migration(name: "procedures and dossiers", sql: procedures + "\n" + dossiers),
        organisation,
        catalogue,
        life,
        deadlines,
        queues,
    ]

    private static let procedures = """
        CREATE TABLE procedure (
            number INTEGER PRIMARY KEY,
            procedure_id TEXT NOT NULL UNIQUE CHECK (procedure_id <> ''),
            latest_version INTEGER NOT NULL CHECK (latest_version >= 1)
        ) STRICT;
        CREATE INDEX procedure_by_order ON procedure (length(procedure_id), procedure_id);

        CREATE TABLE procedure_version (
            procedure_id TEXT NOT NULL REFERENCES procedure (procedure_id),
            version INTEGER NOT NULL CHECK (version >= 1),
            import_time INTEGER NOT NULL,
            name TEXT NOT NULL CHECK (name <> ''),
            field TEXT NOT NULL CHECK (field <> ''),
            result_name TEXT NOT NULL,
            -- JSON arrays of text.
            agencies TEXT NOT NULL CHECK (json_array_length(agencies) >= 1),
            applicants TEXT NOT NULL CHECK (json_array_length(applicants) >= 1),
            legal_basis TEXT NOT NULL CHECK (json_type(legal_basis) = 'array'),
            PRIMARY KEY (procedure_id, version)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE procedure_limit (
            procedure_id TEXT NOT NULL,
            version INTEGER NOT NULL,
            position INTEGER NOT NULL CHECK (position >= 1),
            limit_id TEXT NOT NULL,
            channel INTEGER NOT NULL CHECK (channel IN (1, 2, 3)),
            unit TEXT NOT NULL,
            value INTEGER,
            text TEXT NOT NULL,
            PRIMARY KEY (procedure_id, version, position),
            UNIQUE (procedure_id, version, limit_id),
            FOREIGN KEY (procedure_id, version) REFERENCES procedure_version,
            CHECK (
                CASE WHEN unit IN ('same_day', 'unspecified') THEN value IS NULL
                    WHEN unit IN ('working_hour', 'working_day', 'hour', 'day', 'month') THEN value >= 1
                    ELSE FALSE END)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE procedure_fee_line (
            procedure_id TEXT NOT NULL,
            version INTEGER NOT NULL,
            position INTEGER NOT NULL CHECK (position >= 1),
            fee_line_id TEXT NOT NULL,
            -- 1 phí, 2 lệ phí
            kind INTEGER NOT NULL CHECK (kind IN (1, 2)),
            -- NULL: a fee whose amount the source leaves open
            amount_dong INTEGER CHECK (amount_dong >= 0),
            per TEXT NOT NULL,
            note TEXT NOT NULL,
            -- digits of the channels, such as '123'
            channels TEXT NOT NULL CHECK (channels <> ''),
            PRIMARY KEY (procedure_id, version, position),
            UNIQUE (procedure_id, version, fee_line_id),
            FOREIGN KEY (procedure_id, version) REFERENCES procedure_version
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE procedure_component (
            procedure_id TEXT NOT NULL,
            version INTEGER NOT NULL,
            position INTEGER NOT NULL CHECK (position >= 1),
            component_id TEXT NOT NULL,
            name TEXT NOT NULL CHECK (name <> ''),
            originals INTEGER NOT NULL CHECK (originals >= 0),
            copies INTEGER NOT NULL CHECK (copies >= 0),
            form TEXT NOT NULL,
            PRIMARY KEY (procedure_id, version, position),
            UNIQUE (procedure_id, version, component_id),
            FOREIGN KEY (procedure_id, version) REFERENCES procedure_version
        ) STRICT, WITHOUT ROWID;

        CREATE TRIGGER procedure_version_is_frozen BEFORE UPDATE ON procedure_version
            BEGIN SELECT raise(ABORT, 'a procedure version never changes'); END;
        CREATE TRIGGER procedure_limit_is_frozen BEFORE UPDATE ON procedure_limit
            BEGIN SELECT raise(ABORT, 'a procedure version never changes'); END;
        CREATE TRIGGER procedure_fee_line_is_frozen BEFORE UPDATE ON procedure_fee_line
            BEGIN SELECT raise(ABORT, 'a procedure version never changes'); END;
        CREATE TRIGGER procedure_component_is_frozen BEFORE UPDATE ON procedure_component
            BEGIN SELECT raise(ABORT, 'a procedure version never changes'); END;
        CREATE TRIGGER procedure_version_is_never_deleted BEFORE DELETE ON procedure_version
            BEGIN SELECT raise(ABORT, 'a procedure version never changes'); END;
        CREATE TRIGGER procedure_limit_is_never_deleted BEFORE DELETE ON procedure_limit
            BEGIN SELECT raise(ABORT, 'a procedure version never changes'); END;
        CREATE TRIGGER procedure_fee_line_is_never_deleted BEFORE DELETE ON procedure_fee_line
            BEGIN SELECT raise(ABORT, 'a procedure version never changes'); END;
        CREATE TRIGGER procedure_component_is_never_deleted BEFORE DELETE ON procedure_component
            BEGIN SELECT raise(ABORT, 'a procedure version never changes'); END;

        -- The latest version of each procedure, folded; the rowid is procedure.number.
        CREATE VIRTUAL TABLE procedure_search USING fts5 (
            name, field, agencies, tokenize = 'unicode61 remove_diacritics 0', prefix = '2 3');
        """

    private static let dossiers = """
        CREATE TABLE dossier (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            dossier_id TEXT NOT NULL UNIQUE CHECK (length(dossier_id) = 26),
            code TEXT UNIQUE,
            state INTEGER NOT NULL CHECK (state BETWEEN 1 AND 10),
            procedure_id TEXT NOT NULL,
            procedure_version INTEGER NOT NULL,
            receiving_unit TEXT NOT NULL CHECK (receiving_unit <> ''),
            channel INTEGER NOT NULL CHECK (channel IN (1, 2, 3)),
            limit_id TEXT NOT NULL,
            regime TEXT NOT NULL CHECK (regime <> ''),
            full_name TEXT NOT NULL CHECK (full_name <> ''),
            identity_number TEXT NOT NULL,
            phone TEXT NOT NULL,
            email TEXT NOT NULL,
            address TEXT NOT NULL,
            fee_status INTEGER NOT NULL CHECK (fee_status BETWEEN 0 AND 4),
            -- The place in payments' journal that the status comes from; no epoch before the first.
            fee_epoch TEXT NOT NULL,
            fee_sequence INTEGER NOT NULL CHECK ((fee_sequence = 0) = (fee_epoch = '')),
            result_number TEXT NOT NULL,
            result_summary TEXT NOT NULL,
            result_document_id TEXT CHECK (result_document_id <> ''),
            submit_time INTEGER NOT NULL,
            accept_time INTEGER,
            -- 0 not accepted, 1 dated, 2 provisional, 3 no limit
            due_status INTEGER NOT NULL CHECK (due_status BETWEEN 0 AND 3),
            due_time INTEGER,
            finish_time INTEGER,
            return_time INTEGER,
            FOREIGN KEY (procedure_id, procedure_version) REFERENCES procedure_version,
            FOREIGN KEY (procedure_id, procedure_version, limit_id)
                REFERENCES procedure_limit (procedure_id, version, limit_id),
            CHECK ((code IS NULL) = (accept_time IS NULL)),
            CHECK ((due_status = 0) = (accept_time IS NULL)),
            CHECK ((due_time IS NULL) = (due_status IN (0, 3))),
            CHECK (state NOT IN (2, 4, 8, 9, 10) OR code IS NOT NULL),
            CHECK (state NOT IN (1, 3) OR code IS NULL),
            CHECK (state NOT IN (9, 10) OR (finish_time IS NOT NULL AND result_number <> '')),
            CHECK (state <> 10 OR (return_time IS NOT NULL AND result_document_id IS NOT NULL))
        ) STRICT;
        CREATE INDEX dossier_by_state ON dossier (state, number);
        CREATE INDEX dossier_by_unit ON dossier (receiving_unit, number);
        -- The work list of a unit: without it, the whole unit is read for the few in a state.
        CREATE INDEX dossier_by_unit_and_state ON dossier (receiving_unit, state, number);
        CREATE TRIGGER dossier_is_never_deleted BEFORE DELETE ON dossier
            BEGIN SELECT raise(ABORT, 'a dossier is never deleted'); END;

        CREATE TRIGGER dossier_moves_as_the_states_allow BEFORE UPDATE ON dossier
        WHEN NEW.dossier_id IS NOT OLD.dossier_id OR NEW.procedure_id IS NOT OLD.procedure_id
            OR NEW.procedure_version IS NOT OLD.procedure_version
            OR NEW.limit_id IS NOT OLD.limit_id OR NEW.submit_time IS NOT OLD.submit_time
            OR (NEW.fee_epoch = OLD.fee_epoch AND NEW.fee_sequence < OLD.fee_sequence)
            OR (NEW.fee_epoch = '' AND OLD.fee_epoch <> '')
            OR (OLD.code IS NOT NULL
                AND (NEW.code IS NOT OLD.code OR NEW.accept_time IS NOT OLD.accept_time))
            OR NOT (NEW.state = OLD.state OR CASE OLD.state
                WHEN 1 THEN NEW.state IN (2, 3, 5, 6, 7)
                WHEN 2 THEN NEW.state IN (4, 7, 8)
                WHEN 4 THEN NEW.state IN (5, 6, 7, 8, 9)
                -- One command may lead from 5 through 1 to 6.
                WHEN 5 THEN CASE WHEN OLD.code IS NULL THEN NEW.state IN (1, 2, 6, 7)
                    ELSE NEW.state IN (4, 7, 8) END
                WHEN 6 THEN CASE WHEN OLD.code IS NULL THEN NEW.state IN (2, 7)
                    ELSE NEW.state IN (4, 7, 8) END
                WHEN 9 THEN NEW.state = 10
                ELSE FALSE END)
        BEGIN SELECT raise(ABORT, 'the state of the dossier does not allow this'); END;

        CREATE TABLE dossier_fee_line (
            dossier_id TEXT NOT NULL REFERENCES dossier (dossier_id),
            procedure_id TEXT NOT NULL,
            procedure_version INTEGER NOT NULL,
            fee_line_id TEXT NOT NULL,
            PRIMARY KEY (dossier_id, fee_line_id),
            FOREIGN KEY (procedure_id, procedure_version, fee_line_id)
                REFERENCES procedure_fee_line (procedure_id, version, fee_line_id)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE dossier_component (
            dossier_id TEXT NOT NULL REFERENCES dossier (dossier_id),
            procedure_id TEXT NOT NULL,
            procedure_version INTEGER NOT NULL,
            component_id TEXT NOT NULL,
            document_id TEXT CHECK (document_id <> ''),
            PRIMARY KEY (dossier_id, component_id),
            FOREIGN KEY (procedure_id, procedure_version, component_id)
                REFERENCES procedure_component (procedure_id, version, component_id)
        ) STRICT, WITHOUT ROWID;

        -- Put aside by a request for supplement: late facts about them change nothing.
        CREATE TABLE dossier_superseded_document (
            dossier_id TEXT NOT NULL REFERENCES dossier (dossier_id),
            document_id TEXT NOT NULL,
            PRIMARY KEY (dossier_id, document_id)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE dossier_step (
            dossier_id TEXT NOT NULL REFERENCES dossier (dossier_id),
            number INTEGER NOT NULL CHECK (number >= 1),
            name TEXT NOT NULL,
            start_time INTEGER,
            end_time INTEGER,
            official TEXT NOT NULL,
            PRIMARY KEY (dossier_id, number),
            CHECK (end_time IS NULL OR (start_time IS NOT NULL AND official <> ''))
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE dossier_supplement (
            dossier_id TEXT NOT NULL REFERENCES dossier (dossier_id),
            number INTEGER NOT NULL CHECK (number >= 1),
            reason TEXT NOT NULL CHECK (reason <> ''),
            -- a JSON array of component ids
            component_ids TEXT NOT NULL CHECK (json_array_length(component_ids) >= 1),
            request_time INTEGER NOT NULL,
            receive_time INTEGER CHECK (receive_time >= request_time),
            due_time_before INTEGER,
            due_time_after INTEGER,
            PRIMARY KEY (dossier_id, number)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE dossier_history (
            dossier_id TEXT NOT NULL REFERENCES dossier (dossier_id),
            number INTEGER NOT NULL CHECK (number >= 1),
            time INTEGER NOT NULL,
            state INTEGER NOT NULL CHECK (state BETWEEN 1 AND 10),
            action TEXT NOT NULL CHECK (action <> ''),
            actor TEXT NOT NULL,
            note TEXT NOT NULL,
            PRIMARY KEY (dossier_id, number)
        ) STRICT, WITHOUT ROWID;
        CREATE TRIGGER dossier_history_is_only_added_to BEFORE UPDATE ON dossier_history
            BEGIN SELECT raise(ABORT, 'history is only added to'); END;
        CREATE TRIGGER dossier_history_is_never_deleted BEFORE DELETE ON dossier_history
            BEGIN SELECT raise(ABORT, 'history is only added to'); END;

        CREATE TABLE code_counter (
            unit TEXT NOT NULL,
            -- yyyy-MM-dd in Vietnam
            day TEXT NOT NULL CHECK (length(day) = 10),
            last INTEGER NOT NULL CHECK (last >= 1),
            PRIMARY KEY (unit, day)
        ) STRICT, WITHOUT ROWID;
        CREATE TRIGGER code_counter_counts_by_one BEFORE UPDATE ON code_counter
        WHEN NEW.last <> OLD.last + 1 OR NEW.unit IS NOT OLD.unit OR NEW.day IS NOT OLD.day
            BEGIN SELECT raise(ABORT, 'the codes of a day count by one'); END;
        CREATE TRIGGER code_counter_is_never_deleted BEFORE DELETE ON code_counter
            BEGIN SELECT raise(ABORT, 'the codes of a day count by one'); END;

        -- From this key and a dossier's id its look-up secret is derived.
        CREATE TABLE look_up_key (
            one INTEGER PRIMARY KEY CHECK (one = 1),
            key BLOB NOT NULL CHECK (length(key) = 32)
        ) STRICT;
        CREATE TRIGGER look_up_key_is_never_updated BEFORE UPDATE ON look_up_key
            BEGIN SELECT raise(ABORT, 'another key makes every secret that was told void'); END;
        CREATE TRIGGER look_up_key_is_never_deleted BEFORE DELETE ON look_up_key
            BEGIN SELECT raise(ABORT, 'another key makes every secret that was told void'); END;
        """
}
