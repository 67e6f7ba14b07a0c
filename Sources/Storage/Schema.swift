/// The tables that every service's database has, whatever else it keeps.
///
/// Frozen: a change is a further migration, never an edit.
enum Schema {
    static let base = [
        Migration(
            name: "storage: epoch, journal, idempotency, audit",
            sql: """
                CREATE TABLE epoch (
                    one INTEGER PRIMARY KEY CHECK (one = 1),
                    epoch TEXT NOT NULL CHECK (length(epoch) = 36)
                ) STRICT;

                CREATE TABLE journal (
                    sequence INTEGER PRIMARY KEY CHECK (sequence > 0),
                    recorded_at INTEGER NOT NULL,
                    type TEXT NOT NULL CHECK (type <> ''),
                    subject TEXT NOT NULL,
                    payload BLOB NOT NULL CHECK (length(payload) <= 65536)
                ) STRICT;
                CREATE TRIGGER journal_is_never_updated BEFORE UPDATE ON journal
                BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
                CREATE TRIGGER journal_is_never_deleted BEFORE DELETE ON journal
                BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

                CREATE TABLE idempotency (
                    id INTEGER PRIMARY KEY,
                    key BLOB NOT NULL UNIQUE CHECK (length(key) = 32),
                    body_hash BLOB NOT NULL CHECK (length(body_hash) = 32),
                    recorded_at INTEGER NOT NULL,
                    code INTEGER NOT NULL CHECK (code BETWEEN 0 AND 16),
                    reply BLOB CHECK ((code = 0) = (reply IS NOT NULL)),
                    message TEXT CHECK ((code = 0) = (message IS NULL)),
                    details BLOB CHECK ((code = 0) = (details IS NULL))
                ) STRICT;
                CREATE INDEX idempotency_recorded_at ON idempotency (recorded_at);

                CREATE TABLE audit (
                    sequence INTEGER PRIMARY KEY CHECK (sequence > 0),
                    recorded_at INTEGER NOT NULL,
                    principal TEXT NOT NULL,
                    method TEXT NOT NULL CHECK (method <> ''),
                    subject TEXT NOT NULL,
                    code INTEGER NOT NULL CHECK (code BETWEEN 0 AND 16),
                    commitment BLOB CHECK (length(commitment) = 32),
                    salt BLOB CHECK (
                        salt IS NULL OR (length(salt) = 16 AND commitment IS NOT NULL)),
                    link BLOB NOT NULL CHECK (length(link) = 32)
                ) STRICT;
                CREATE INDEX audit_subject ON audit (subject) WHERE subject <> '';
                CREATE TRIGGER audit_changes_only_by_erasing_a_salt BEFORE UPDATE ON audit
                WHEN NEW.salt IS NOT NULL OR NEW.sequence IS NOT OLD.sequence
                    OR NEW.recorded_at IS NOT OLD.recorded_at OR NEW.principal IS NOT OLD.principal
                    OR NEW.method IS NOT OLD.method OR NEW.subject IS NOT OLD.subject
                    OR NEW.code IS NOT OLD.code OR NEW.commitment IS NOT OLD.commitment
                    OR NEW.link IS NOT OLD.link
                BEGIN SELECT RAISE(ABORT, 'an audit row changes only by erasing its salt'); END;
                CREATE TRIGGER audit_is_never_deleted BEFORE DELETE ON audit
                BEGIN SELECT RAISE(ABORT, 'the audit chain is append-only'); END;
                """)
    ]
}
