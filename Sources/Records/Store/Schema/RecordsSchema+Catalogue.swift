import Storage

extension RecordsSchema {
    /// Versions: a draft changes and may be deleted, a published one never changes except that it is
    /// retired. So the parts of a version are written while it is a draft.
    static let catalogue = Migration(
        name: "catalogue versions",
        sql: """
            ALTER TABLE procedure_version ADD COLUMN sequence TEXT NOT NULL DEFAULT '';
            ALTER TABLE procedure_version ADD COLUMN manner TEXT NOT NULL DEFAULT '';
            ALTER TABLE procedure_version ADD COLUMN set_count INTEGER CHECK (set_count >= 1);
            ALTER TABLE procedure_version ADD COLUMN receiving_agencies TEXT NOT NULL DEFAULT '[]'
                CHECK (json_type(receiving_agencies) = 'array');
            ALTER TABLE procedure_version ADD COLUMN requirements TEXT NOT NULL DEFAULT '';
            ALTER TABLE procedure_version ADD COLUMN national_code TEXT CHECK (national_code <> '');
            ALTER TABLE procedure_version ADD COLUMN field_code TEXT CHECK (field_code <> '');
            -- 1 central, 2 city, 3 district, 4 commune
            ALTER TABLE procedure_version ADD COLUMN authority_level INTEGER
                CHECK (authority_level BETWEEN 1 AND 4);
            -- 1 information, 2 partial, 3 full
            ALTER TABLE procedure_version ADD COLUMN service_level INTEGER
                CHECK (service_level BETWEEN 1 AND 3);
            ALTER TABLE procedure_version ADD COLUMN offered_by TEXT NOT NULL DEFAULT '[]'
                CHECK (json_type(offered_by) = 'array');
            ALTER TABLE procedure_version ADD COLUMN other_agencies_stop_clock INTEGER NOT NULL
                DEFAULT 0 CHECK (other_agencies_stop_clock IN (0, 1));
            -- A JSON array of pairs: field, reason.
            ALTER TABLE procedure_version ADD COLUMN doubts TEXT NOT NULL DEFAULT '[]'
                CHECK (json_type(doubts) = 'array');
            ALTER TABLE procedure_version ADD COLUMN document_number TEXT
                CHECK (document_number <> '');
            ALTER TABLE procedure_version ADD COLUMN document_issue INTEGER
                CHECK (document_issue >= 1);
            -- A day since 1970-01-01; so for effective_day.
            ALTER TABLE procedure_version ADD COLUMN document_review_day INTEGER;
            ALTER TABLE procedure_version ADD COLUMN document_approver TEXT;
            ALTER TABLE procedure_version ADD COLUMN document_change TEXT CHECK (
                (document_change IS NULL) = (document_number IS NULL)
                AND (document_approver IS NULL) = (document_number IS NULL)
                AND (document_issue IS NULL) = (document_number IS NULL));
            -- 1 draft, 2 published, 3 retired
            ALTER TABLE procedure_version ADD COLUMN status INTEGER NOT NULL DEFAULT 1
                CHECK (status BETWEEN 1 AND 3);
            ALTER TABLE procedure_version ADD COLUMN saved_by TEXT NOT NULL DEFAULT '';
            ALTER TABLE procedure_version ADD COLUMN draft_revision INTEGER NOT NULL DEFAULT 1
                CHECK (draft_revision >= 1);
            ALTER TABLE procedure_version ADD COLUMN effective_day INTEGER
                CHECK ((effective_day IS NULL) = (status = 1));
            ALTER TABLE procedure_version ADD COLUMN publish_time INTEGER
                CHECK ((publish_time IS NULL) = (status = 1));
            ALTER TABLE procedure_version ADD COLUMN published_by TEXT NOT NULL DEFAULT '';
            ALTER TABLE procedure_version ADD COLUMN change TEXT NOT NULL DEFAULT '';
            ALTER TABLE procedure_version ADD COLUMN reason TEXT NOT NULL DEFAULT '';
            ALTER TABLE procedure_version ADD COLUMN retire_time INTEGER
                CHECK ((retire_time IS NOT NULL) = (status = 3));
            ALTER TABLE procedure_version ADD COLUMN retired_by TEXT NOT NULL DEFAULT '';
            ALTER TABLE procedure_version ADD COLUMN retire_reason TEXT NOT NULL DEFAULT '';

            CREATE TABLE procedure_stage (
                procedure_id TEXT NOT NULL,
                version INTEGER NOT NULL,
                position INTEGER NOT NULL CHECK (position >= 1),
                name TEXT NOT NULL CHECK (name <> ''),
                PRIMARY KEY (procedure_id, version, position),
                FOREIGN KEY (procedure_id, version) REFERENCES procedure_version
            ) STRICT, WITHOUT ROWID;

            CREATE TABLE procedure_step (
                procedure_id TEXT NOT NULL,
                version INTEGER NOT NULL,
                number INTEGER NOT NULL CHECK (number >= 1),
                stage INTEGER NOT NULL,
                name TEXT NOT NULL CHECK (name <> ''),
                role INTEGER NOT NULL CHECK (role BETWEEN 1 AND 6),
                -- Empty: the receiving unit of the dossier.
                agency TEXT NOT NULL,
                budget_minutes INTEGER NOT NULL CHECK (budget_minutes >= 1),
                PRIMARY KEY (procedure_id, version, number),
                FOREIGN KEY (procedure_id, version, stage) REFERENCES procedure_stage
            ) STRICT, WITHOUT ROWID;

            DROP TRIGGER procedure_version_is_frozen;
            -- What was imported before there were drafts is published since its day in Vietnam.
            UPDATE procedure_version SET status = 2, publish_time = import_time,
                effective_day = (import_time + 25200000) / 86400000;

            CREATE UNIQUE INDEX procedure_version_one_draft ON procedure_version (procedure_id)
                WHERE status = 1;
            CREATE INDEX procedure_version_in_force
                ON procedure_version (procedure_id, effective_day, version) WHERE status = 2;
            CREATE INDEX procedure_version_by_code ON procedure_version (national_code)
                WHERE status = 2 AND national_code IS NOT NULL;
            CREATE INDEX procedure_version_by_review ON procedure_version (document_review_day)
                WHERE status = 2 AND document_review_day IS NOT NULL;

            CREATE TRIGGER procedure_version_begins_as_draft BEFORE INSERT ON procedure_version
            WHEN NEW.status <> 1
                BEGIN SELECT raise(ABORT, 'a procedure version begins as a draft'); END;
            CREATE TRIGGER procedure_version_is_frozen BEFORE UPDATE ON procedure_version
            WHEN OLD.status <> 1 AND NOT (\(retirement))
                BEGIN SELECT raise(ABORT, 'a procedure version never changes'); END;
            CREATE TRIGGER procedure_version_is_retired_once_published
            BEFORE UPDATE ON procedure_version WHEN OLD.status = 1 AND NEW.status = 3
                BEGIN SELECT raise(ABORT, 'a draft is deleted, not retired'); END;
            DROP TRIGGER procedure_version_is_never_deleted;
            CREATE TRIGGER procedure_version_is_never_deleted BEFORE DELETE ON procedure_version
            WHEN OLD.status <> 1
                BEGIN SELECT raise(ABORT, 'a procedure version never changes'); END;

            DROP TRIGGER procedure_limit_is_frozen;
            DROP TRIGGER procedure_fee_line_is_frozen;
            DROP TRIGGER procedure_component_is_frozen;
            DROP TRIGGER procedure_limit_is_never_deleted;
            DROP TRIGGER procedure_fee_line_is_never_deleted;
            DROP TRIGGER procedure_component_is_never_deleted;

            """ + parts.map(frozen).joined(separator: "\n"))

    private static let parts = [
        "procedure_limit", "procedure_fee_line", "procedure_component", "procedure_stage",
        "procedure_step",
    ]

    /// A part is added to a draft and deleted from one; to change it, do both.
    private static func frozen(_ table: String) -> String {
        """
        CREATE TRIGGER \(table)_is_frozen BEFORE UPDATE ON \(table)
            BEGIN SELECT raise(ABORT, 'a part of a procedure version never changes'); END;
        CREATE TRIGGER \(table)_is_never_added_late BEFORE INSERT ON \(table)
        WHEN NOT EXISTS (SELECT 1 FROM procedure_version WHERE procedure_id = NEW.procedure_id
            AND version = NEW.version AND status = 1)
            BEGIN SELECT raise(ABORT, 'a procedure version never changes'); END;
        CREATE TRIGGER \(table)_is_never_deleted BEFORE DELETE ON \(table)
        WHEN NOT EXISTS (SELECT 1 FROM procedure_version WHERE procedure_id = OLD.procedure_id
            AND version = OLD.version AND status = 1)
            BEGIN SELECT raise(ABORT, 'a procedure version never changes'); END;
        """
    }

    /// Published to retired, with its time, author and reason, and nothing else.
    private static let retirement =
        "OLD.status = 2 AND NEW.status = 3 AND "
        + [
            "procedure_id", "version", "import_time", "name", "field", "result_name", "agencies",
            "applicants", "legal_basis", "sequence", "manner", "set_count", "receiving_agencies",
            "requirements", "national_code", "field_code", "authority_level", "service_level",
            "offered_by", "other_agencies_stop_clock", "doubts", "document_number",
            "document_issue", "document_review_day", "document_approver", "document_change",
            "saved_by", "draft_revision", "effective_day", "publish_time", "published_by", "change",
            "reason",
        ].map { "NEW.\($0) IS OLD.\($0)" }.joined(separator: " AND ")
}
