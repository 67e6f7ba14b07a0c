import Storage

extension RecordsSchema {
    /// A dossier's life: steps with their holders, sub-states, assistance, parts and contacts.
    ///
    /// 1. The column `channel` is the channel whose limits and fees apply: an assisted hand-in is
    ///    a direct one with a helper, so a procedure need not list it.
    /// 2. A row is saved once for each move of a command, so the trigger knows exactly the moves of
    ///    ``DossierState/moves(isAccepted:)``.
    /// 3. A part or a step that has ended is never changed again.
    static let life = Migration(
        name: "the dossier's life",
        sql: dossierColumns + "\n" + moves + "\n" + parts + "\n" + delegations)

    private static let dossierColumns = """
        ALTER TABLE dossier ADD COLUMN sex INTEGER NOT NULL DEFAULT 0 CHECK (sex IN (0, 1, 2));
        -- yyyy-MM-dd, or empty.
        ALTER TABLE dossier ADD COLUMN birth_date TEXT NOT NULL DEFAULT '';
        -- NULL: nobody helped.
        ALTER TABLE dossier ADD COLUMN helper_name TEXT
            CHECK (helper_name <> '' AND (helper_name IS NULL OR channel = 1));
        ALTER TABLE dossier ADD COLUMN helper_id TEXT NOT NULL DEFAULT '';
        ALTER TABLE dossier ADD COLUMN guidance TEXT NOT NULL DEFAULT '';
        -- The principal who handed it in; empty for dossiers from before this was kept.
        ALTER TABLE dossier ADD COLUMN submitter TEXT NOT NULL DEFAULT '';
        ALTER TABLE dossier ADD COLUMN hand_over_time INTEGER
            CHECK (hand_over_time IS NULL OR accept_time IS NOT NULL);
        -- 0 none, 1 awaiting confirmation, 2 at the counter, 3 handed over
        ALTER TABLE dossier ADD COLUMN result_hand_over INTEGER NOT NULL DEFAULT 0
            CHECK (result_hand_over BETWEEN 0 AND 3);
        ALTER TABLE dossier ADD COLUMN result_arrive_time INTEGER;
        -- 0 none, 1 refused after appraisal, 2 at the citizen's request
        ALTER TABLE dossier ADD COLUMN stop_cause INTEGER NOT NULL DEFAULT 0
            CHECK (stop_cause IN (0, 1, 2) AND (stop_cause = 0 OR state = 8));
        -- JSON arrays of principals.
        ALTER TABLE dossier ADD COLUMN co_workers TEXT NOT NULL DEFAULT '[]'
            CHECK (json_type(co_workers) = 'array');
        ALTER TABLE dossier ADD COLUMN followers TEXT NOT NULL DEFAULT '[]'
            CHECK (json_type(followers) = 'array');
        -- How many rows of dossier_part there are: most dossiers have none, and are read without.
        ALTER TABLE dossier ADD COLUMN part_count INTEGER NOT NULL DEFAULT 0
            CHECK (part_count >= 0);
        ALTER TABLE dossier ADD COLUMN contact_count INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE dossier ADD COLUMN contact_fault_count INTEGER NOT NULL DEFAULT 0
            CHECK (contact_fault_count BETWEEN 0 AND contact_count);
        -- A JSON array of agencies.
        ALTER TABLE dossier ADD COLUMN agencies_contacted TEXT NOT NULL DEFAULT '[]'
            CHECK (json_type(agencies_contacted) = 'array');
        -- Only open dossiers may be duplicates: what ends leaves the index.
        CREATE INDEX dossier_by_applicant ON dossier (identity_number, procedure_id)
            WHERE identity_number <> '' AND state IN (1, 2, 4, 5, 6);

        ALTER TABLE dossier_step ADD COLUMN stage TEXT NOT NULL DEFAULT '';
        ALTER TABLE dossier_step ADD COLUMN agency TEXT NOT NULL DEFAULT '';
        -- A post's role; 0 for none.
        ALTER TABLE dossier_step ADD COLUMN role INTEGER NOT NULL DEFAULT 0 CHECK (role >= 0);
        ALTER TABLE dossier_step ADD COLUMN assignee TEXT NOT NULL DEFAULT '';
        ALTER TABLE dossier_step ADD COLUMN budget_minutes INTEGER CHECK (budget_minutes >= 1);
        CREATE INDEX dossier_step_by_assignee ON dossier_step (assignee, dossier_id)
            WHERE assignee <> '' AND end_time IS NULL;
        UPDATE dossier_step SET agency =
            (SELECT receiving_unit FROM dossier WHERE dossier_id = dossier_step.dossier_id);
        CREATE TRIGGER dossier_step_that_ended_is_frozen BEFORE UPDATE ON dossier_step
        WHEN OLD.end_time IS NOT NULL AND (NEW.end_time IS NOT OLD.end_time
            OR NEW.official IS NOT OLD.official OR NEW.assignee IS NOT OLD.assignee
            OR NEW.agency IS NOT OLD.agency)
        BEGIN SELECT raise(ABORT, 'a step that has ended never changes'); END;

        -- 1 asked, 2 sent, 3 awaiting acceptance, 4 finished
        ALTER TABLE dossier_supplement ADD COLUMN status INTEGER NOT NULL DEFAULT 1
            CHECK (status BETWEEN 1 AND 4);
        ALTER TABLE dossier_supplement ADD COLUMN send_time INTEGER;
        ALTER TABLE dossier_supplement ADD COLUMN rounds INTEGER NOT NULL DEFAULT 1
            CHECK (rounds >= 1);
        UPDATE dossier_supplement SET status = 4 WHERE receive_time IS NOT NULL;
        UPDATE dossier SET contact_count =
                (SELECT count(*) FROM dossier_supplement AS asked
                    WHERE asked.dossier_id = dossier.dossier_id),
            agencies_contacted = json_array(receiving_unit)
        WHERE dossier_id IN (SELECT dossier_id FROM dossier_supplement);
        UPDATE dossier SET result_hand_over = state - 8 + (state = 10) WHERE state IN (9, 10);

        -- The number of the form that goes with the line, such as '02'; may be empty.
        ALTER TABLE dossier_history ADD COLUMN form TEXT NOT NULL DEFAULT '';
        -- The principal whom the actor stood in for; may be empty.
        ALTER TABLE dossier_history ADD COLUMN on_behalf_of TEXT NOT NULL DEFAULT '';
        """

    private static let moves = """
        DROP TRIGGER dossier_moves_as_the_states_allow;
        CREATE TRIGGER dossier_moves_as_the_states_allow BEFORE UPDATE ON dossier
        WHEN NEW.dossier_id IS NOT OLD.dossier_id OR NEW.procedure_id IS NOT OLD.procedure_id
            OR NEW.procedure_version IS NOT OLD.procedure_version
            OR NEW.limit_id IS NOT OLD.limit_id OR NEW.submit_time IS NOT OLD.submit_time
            OR NEW.submitter IS NOT OLD.submitter
            OR (NEW.fee_epoch = OLD.fee_epoch AND NEW.fee_sequence < OLD.fee_sequence)
            OR (NEW.fee_epoch = '' AND OLD.fee_epoch <> '')
            OR (OLD.code IS NOT NULL
                AND (NEW.code IS NOT OLD.code OR NEW.accept_time IS NOT OLD.accept_time
                    OR NEW.hand_over_time IS NOT OLD.hand_over_time))
            OR (OLD.finish_time IS NOT NULL AND NEW.finish_time IS NOT OLD.finish_time)
            OR (OLD.stop_cause <> 0 AND NEW.stop_cause IS NOT OLD.stop_cause)
            OR NEW.result_hand_over < OLD.result_hand_over
            OR NOT (NEW.state = OLD.state OR CASE OLD.state
                WHEN 1 THEN NEW.state IN (2, 3, 5, 6, 7)
                WHEN 2 THEN NEW.state IN (4, 7, 8)
                WHEN 4 THEN NEW.state IN (5, 6, 7, 8, 9)
                WHEN 5 THEN CASE WHEN OLD.code IS NULL THEN NEW.state IN (1, 2, 7)
                    ELSE NEW.state IN (4, 7, 8) END
                WHEN 6 THEN CASE WHEN OLD.code IS NULL THEN NEW.state IN (2, 7)
                    ELSE NEW.state IN (4, 7, 8) END
                WHEN 9 THEN NEW.state = 10
                ELSE FALSE END)
        BEGIN SELECT raise(ABORT, 'the state of the dossier does not allow this'); END;
        """

    private static let parts = """
        CREATE TABLE dossier_part (
            dossier_id TEXT NOT NULL REFERENCES dossier (dossier_id),
            number INTEGER NOT NULL CHECK (number >= 1),
            agency TEXT NOT NULL CHECK (agency <> ''),
            task TEXT NOT NULL CHECK (task <> ''),
            limit_unit TEXT NOT NULL,
            limit_value INTEGER NOT NULL CHECK (limit_value >= 0),
            is_lead INTEGER NOT NULL CHECK (is_lead IN (0, 1)),
            stops_clock INTEGER NOT NULL CHECK (stops_clock IN (0, 1)),
            -- 1 open, 2 answered, 3 withdrawn
            status INTEGER NOT NULL CHECK (status BETWEEN 1 AND 3),
            start_time INTEGER NOT NULL,
            -- As of a dossier.
            due_status INTEGER NOT NULL CHECK (due_status BETWEEN 1 AND 3),
            due_time INTEGER,
            end_time INTEGER CHECK (end_time >= start_time),
            answer TEXT NOT NULL,
            official TEXT NOT NULL,
            PRIMARY KEY (dossier_id, number),
            CHECK ((due_time IS NULL) = (due_status = 3)),
            CHECK ((end_time IS NULL) = (status = 1)),
            CHECK ((official = '') = (status = 1))
        ) STRICT, WITHOUT ROWID;
        CREATE UNIQUE INDEX dossier_part_lead ON dossier_part (dossier_id)
            WHERE is_lead = 1 AND status <> 3;
        CREATE TRIGGER dossier_part_that_ended_is_frozen BEFORE UPDATE ON dossier_part
        WHEN OLD.status <> 1 AND (NEW.status IS NOT OLD.status OR NEW.end_time IS NOT OLD.end_time
            OR NEW.official IS NOT OLD.official)
        BEGIN SELECT raise(ABORT, 'a part that has ended never changes'); END;
        CREATE TRIGGER dossier_part_is_never_deleted BEFORE DELETE ON dossier_part
        BEGIN SELECT raise(ABORT, 'a part is withdrawn, never deleted'); END;

        CREATE TABLE dossier_contact (
            dossier_id TEXT NOT NULL REFERENCES dossier (dossier_id),
            number INTEGER NOT NULL CHECK (number >= 1),
            time INTEGER NOT NULL,
            -- 1 the one-stop, 2 the agency
            party INTEGER NOT NULL CHECK (party IN (1, 2)),
            agency TEXT NOT NULL CHECK (agency <> ''),
            reason TEXT NOT NULL,
            at_applicants_fault INTEGER NOT NULL CHECK (at_applicants_fault IN (0, 1)),
            guidance TEXT NOT NULL,
            official TEXT NOT NULL CHECK (official <> ''),
            PRIMARY KEY (dossier_id, number)
        ) STRICT, WITHOUT ROWID;
        """

    private static let delegations = """
        CREATE TABLE delegation (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            from_official TEXT NOT NULL CHECK (from_official <> ''),
            to_official TEXT NOT NULL CHECK (to_official NOT IN ('', from_official)),
            -- yyyy-MM-dd in Vietnam, both included.
            first_day TEXT NOT NULL CHECK (length(first_day) = 10),
            last_day TEXT NOT NULL CHECK (last_day >= first_day),
            reason TEXT NOT NULL,
            giver TEXT NOT NULL CHECK (giver <> ''),
            give_time INTEGER NOT NULL,
            revoke_time INTEGER
        ) STRICT;
        CREATE INDEX delegation_by_delegate ON delegation (to_official, last_day)
            WHERE revoke_time IS NULL;
        CREATE INDEX delegation_by_giver ON delegation (from_official, last_day);
        CREATE TRIGGER delegation_is_only_revoked BEFORE UPDATE ON delegation
        WHEN OLD.revoke_time IS NOT NULL OR NEW.from_official IS NOT OLD.from_official
            OR NEW.to_official IS NOT OLD.to_official OR NEW.first_day IS NOT OLD.first_day
            OR NEW.last_day IS NOT OLD.last_day OR NEW.giver IS NOT OLD.giver
        BEGIN SELECT raise(ABORT, 'a delegation is revoked, never rewritten'); END;
        CREATE TRIGGER delegation_is_never_deleted BEFORE DELETE ON delegation
        BEGIN SELECT raise(ABORT, 'a delegation is revoked, never deleted'); END;
        """
}
