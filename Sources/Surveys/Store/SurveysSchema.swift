import Storage

/// Frozen: a change is a further migration, never an edit.
///
/// An answer is tied to nobody (Decree 61/2018 article 27(3)). What that rests on:
/// 1. `answer` has no column that another table has, but unit and month. Its key is random and
///    there is no rowid, so the order in which answers came is not kept; an index on unit and month
///    ends with that key.
/// 2. `invitation` says that a token was spent, not when: the flag changes in place.
/// 3. The event, the audit link and the idempotency row of an answer carry a time, and of the
///    answer at most unit and month. The idempotency key is a hash over the `request_id`, which is
///    stored nowhere and salts the hash of the body, so that no answer can be guessed from it. The
///    answer's audit link has no principal.
/// 4. A refused answer leaves no row at all.
///
/// What remains, for whoever runs the system to know:
/// - A unit and month with one answer and one spent token are one person. Counts are published all
///   the same, for the law wants them; remarks never are.
/// - Who can compare two copies of the database (a backup before an answer and one after it), or
///   read the WAL before it is folded back, sees which flag changed together with which answer
///   came.
/// - SQLite fills a page in the order in which rows come, whatever their keys. Who reads the file's
///   raw bytes sees which answer of a page came before which, and can lay that beside the times of
///   the journal. `VACUUM` ends it.
/// - Who watches the sockets or the memory of a process sees what passes. A portal that sends for a
///   citizen knows what it sent.
/// - A remark may name its author.
enum SurveysSchema {
    static let migrations = [
        Migration(
            name: "surveys: invitations, answers",
            sql: """
                CREATE TABLE invitation (
                    dossier_id TEXT NOT NULL PRIMARY KEY CHECK (dossier_id <> ''),
                    unit TEXT NOT NULL CHECK (unit <> ''),
                    period TEXT NOT NULL CHECK (period GLOB '[0-9][0-9][0-9][0-9]-[01][0-9]'),
                    -- Null until the first token is given.
                    token_hash BLOB UNIQUE CHECK (length(token_hash) = 32),
                    is_spent INTEGER NOT NULL DEFAULT 0 CHECK (is_spent IN (0, 1)),
                    CHECK (is_spent = 0 OR token_hash IS NOT NULL)
                ) STRICT, WITHOUT ROWID;
                CREATE INDEX invitation_cohort ON invitation (period, unit);
                CREATE TRIGGER a_spent_token_stays_spent BEFORE UPDATE ON invitation
                WHEN OLD.is_spent = 1
                BEGIN SELECT RAISE(ABORT, 'a spent token stays spent'); END;

                CREATE TABLE answer (
                    answer_id BLOB NOT NULL PRIMARY KEY CHECK (length(answer_id) = 16),
                    unit TEXT NOT NULL CHECK (unit <> ''),
                    period TEXT NOT NULL CHECK (period GLOB '[0-9][0-9][0-9][0-9]-[01][0-9]'),
                    overall INTEGER NOT NULL CHECK (overall BETWEEN 1 AND 5),
                    time INTEGER CHECK (time BETWEEN 1 AND 5),
                    agencies INTEGER CHECK (agencies BETWEEN 1 AND 5),
                    contacts INTEGER CHECK (contacts BETWEEN 1 AND 5),
                    published_information INTEGER CHECK (published_information BETWEEN 1 AND 5),
                    attitude INTEGER CHECK (attitude BETWEEN 1 AND 5),
                    result_and_cost INTEGER CHECK (result_and_cost BETWEEN 1 AND 5),
                    explanation INTEGER CHECK (explanation BETWEEN 1 AND 5),
                    online_service INTEGER CHECK (online_service BETWEEN 1 AND 5),
                    remarks TEXT NOT NULL CHECK (length(remarks) <= 2000)
                ) STRICT, WITHOUT ROWID;
                CREATE INDEX answer_cohort ON answer (period, unit);
                """)
    ]
}
