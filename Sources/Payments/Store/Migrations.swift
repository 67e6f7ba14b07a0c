import Storage

/// The schema of payments. Frozen once it has left the house: a change is a further migration, never
/// an edit.
///
/// Numbered invariants that the schema keeps whatever the code does:
/// 1. A dossier has at most one assessment and one bill; a reference names one bill.
/// 2. A bill's state, sums, reference and time of settlement agree, and its state only moves
///   forward.
/// 3. A bank entry has one identity: bank, account and bank reference. It is never deleted, and only
///   its content is ever erased. An account that received money stays ours.
/// 4. Sums of accounts are never negative and keep their limit; transfers are never edited or
///   deleted.
/// 5. Receipts are numbered from 1 without gaps in their series and year, one for each kind of a
///   bill.
/// 6. A tariff and an assessment are never edited or deleted.
enum Migrations {
    static let all = [
        Migration(
            name: "payments: tariffs, bills, bank entries, ledger, receipts",
            sql: [tariffs, bills, entries, ledger, receipts].joined(separator: "\n"))
    ]

    private static let tariffs = """
        CREATE TABLE tariff (
            procedure_id TEXT NOT NULL CHECK (procedure_id <> ''),
            version INTEGER NOT NULL CHECK (version > 0),
            registered_at INTEGER NOT NULL,
            PRIMARY KEY (procedure_id, version)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE tariff_line (
            procedure_id TEXT NOT NULL,
            version INTEGER NOT NULL,
            position INTEGER NOT NULL CHECK (position >= 0),
            fee_line_id TEXT NOT NULL CHECK (fee_line_id <> ''),
            kind TEXT NOT NULL CHECK (kind IN ('phi', 'le-phi')),
            -- NULL: the source leaves it open.
            amount_dong INTEGER CHECK (amount_dong >= 0),
            per TEXT NOT NULL,
            note TEXT NOT NULL,
            channels INTEGER NOT NULL CHECK (channels >= 0),
            PRIMARY KEY (procedure_id, version, position),
            UNIQUE (procedure_id, version, fee_line_id),
            FOREIGN KEY (procedure_id, version) REFERENCES tariff (procedure_id, version)
        ) STRICT, WITHOUT ROWID;
        CREATE TRIGGER tariff_is_never_updated BEFORE UPDATE ON tariff
        BEGIN SELECT RAISE(ABORT, 'a tariff is never edited: other lines are another version'); END;
        CREATE TRIGGER tariff_is_never_deleted BEFORE DELETE ON tariff
        BEGIN SELECT RAISE(ABORT, 'a tariff is never deleted'); END;
        CREATE TRIGGER tariff_line_is_never_updated BEFORE UPDATE ON tariff_line
        BEGIN SELECT RAISE(ABORT, 'a tariff is never edited: other lines are another version'); END;
        CREATE TRIGGER tariff_line_is_never_deleted BEFORE DELETE ON tariff_line
        BEGIN SELECT RAISE(ABORT, 'a tariff is never deleted'); END;
        """

    private static let bills = """
        CREATE TABLE reference_prefix (
            prefix TEXT PRIMARY KEY CHECK (length(prefix) = 3)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE assessment (
            dossier_id TEXT PRIMARY KEY CHECK (dossier_id <> ''),
            procedure_id TEXT NOT NULL,
            version INTEGER NOT NULL,
            channel INTEGER NOT NULL,
            -- The chosen lines, one in each line of text.
            fee_line_ids TEXT NOT NULL,
            assessed_at INTEGER NOT NULL,
            FOREIGN KEY (procedure_id, version) REFERENCES tariff (procedure_id, version)
        ) STRICT, WITHOUT ROWID;

        CREATE TRIGGER assessment_is_never_updated BEFORE UPDATE ON assessment
        BEGIN SELECT RAISE(ABORT, 'an assessment is never edited'); END;
        CREATE TRIGGER assessment_is_never_deleted BEFORE DELETE ON assessment
        BEGIN SELECT RAISE(ABORT, 'an assessment is never deleted'); END;

        CREATE TABLE bill (
            bill_id TEXT PRIMARY KEY CHECK (bill_id <> ''),
            dossier_id TEXT NOT NULL UNIQUE REFERENCES assessment (dossier_id),
            -- 1 awaiting amount, 2 issued, 3 partially paid, 4 paid, 5 nothing due
            state INTEGER NOT NULL,
            reference TEXT UNIQUE CHECK (length(reference) = 15),
            amount_dong INTEGER NOT NULL,
            paid_dong INTEGER NOT NULL,
            created_at INTEGER NOT NULL,
            settled_at INTEGER,
            CHECK (CASE state
                WHEN 1 THEN amount_dong = 0 AND paid_dong = 0 AND reference IS NULL AND settled_at IS NULL
                WHEN 2 THEN amount_dong > 0 AND paid_dong = 0 AND reference IS NOT NULL AND settled_at IS NULL
                WHEN 3 THEN paid_dong > 0 AND paid_dong < amount_dong AND reference IS NOT NULL
                    AND settled_at IS NULL
                WHEN 4 THEN amount_dong > 0 AND paid_dong = amount_dong AND reference IS NOT NULL
                    AND settled_at IS NOT NULL
                WHEN 5 THEN amount_dong = 0 AND paid_dong = 0 AND reference IS NULL AND settled_at IS NOT NULL
                ELSE FALSE END)
        ) STRICT, WITHOUT ROWID;
        CREATE TRIGGER bill_only_moves_forward BEFORE UPDATE ON bill
        WHEN NEW.bill_id IS NOT OLD.bill_id OR NEW.dossier_id IS NOT OLD.dossier_id
            OR NEW.created_at IS NOT OLD.created_at OR NEW.paid_dong < OLD.paid_dong
            OR (OLD.reference IS NOT NULL
                AND (NEW.reference IS NOT OLD.reference OR NEW.amount_dong <> OLD.amount_dong))
            OR NOT (NEW.state = OLD.state OR (OLD.state = 1 AND NEW.state IN (2, 5))
                OR (OLD.state IN (2, 3) AND NEW.state IN (3, 4)))
        BEGIN SELECT RAISE(ABORT, 'a bill only moves forward'); END;
        CREATE TRIGGER bill_is_never_deleted BEFORE DELETE ON bill
        BEGIN SELECT RAISE(ABORT, 'a bill is never deleted'); END;

        CREATE TABLE bill_line (
            bill_id TEXT NOT NULL REFERENCES bill (bill_id),
            position INTEGER NOT NULL CHECK (position >= 0),
            fee_line_id TEXT NOT NULL,
            kind TEXT NOT NULL CHECK (kind IN ('phi', 'le-phi')),
            -- NULL: open, until an official sets it.
            amount_dong INTEGER CHECK (amount_dong >= 0),
            note TEXT NOT NULL,
            -- What an official decided, where he did.
            set_by TEXT,
            set_reason TEXT CHECK (set_reason <> ''),
            set_at INTEGER,
            PRIMARY KEY (bill_id, position),
            UNIQUE (bill_id, fee_line_id),
            CHECK ((set_by IS NULL) = (set_at IS NULL) AND (set_reason IS NULL) = (set_at IS NULL)
                AND (set_at IS NULL OR amount_dong IS NOT NULL))
        ) STRICT, WITHOUT ROWID;
        CREATE TRIGGER bill_line_is_set_once BEFORE UPDATE ON bill_line
        WHEN OLD.amount_dong IS NOT NULL OR NEW.bill_id IS NOT OLD.bill_id
            OR NEW.position IS NOT OLD.position OR NEW.fee_line_id IS NOT OLD.fee_line_id
            OR NEW.kind IS NOT OLD.kind
        BEGIN SELECT RAISE(ABORT, 'the amount of a bill line is set once'); END;
        CREATE TRIGGER bill_line_is_never_deleted BEFORE DELETE ON bill_line
        BEGIN SELECT RAISE(ABORT, 'a bill line is never deleted'); END;
        """

    private static let entries = """
        -- Every account of ours that ever received money, the newest last.
        CREATE TABLE receiving_account (
            position INTEGER PRIMARY KEY CHECK (position > 0),
            bank_bin TEXT NOT NULL CHECK (length(bank_bin) = 6),
            number TEXT NOT NULL CHECK (number <> ''),
            UNIQUE (bank_bin, number)
        ) STRICT;
        CREATE TRIGGER receiving_account_is_never_updated BEFORE UPDATE ON receiving_account
        BEGIN SELECT RAISE(ABORT, 'an account that received money stays ours'); END;
        CREATE TRIGGER receiving_account_is_never_deleted BEFORE DELETE ON receiving_account
        BEGIN SELECT RAISE(ABORT, 'an account that received money stays ours'); END;

        CREATE TABLE bank_entry (
            -- The order of booking.
            position INTEGER PRIMARY KEY CHECK (position > 0),
            entry_id TEXT NOT NULL UNIQUE CHECK (entry_id <> ''),
            bank_bin TEXT NOT NULL,
            account TEXT NOT NULL,
            bank_reference TEXT NOT NULL CHECK (bank_reference <> ''),
            -- 1 credit, 2 debit
            direction INTEGER NOT NULL CHECK (direction IN (1, 2)),
            amount_dong INTEGER NOT NULL CHECK (amount_dong > 0),
            -- Personal data: empty once it was erased.
            content TEXT NOT NULL,
            booked_at INTEGER NOT NULL,
            recorded_at INTEGER NOT NULL,
            -- 1 matched, 2 partial, 3 excess, 4 ambiguous, 5 unmatched, 6 outgoing
            match INTEGER NOT NULL CHECK (match BETWEEN 1 AND 6),
            bill_id TEXT REFERENCES bill (bill_id),
            allocated_dong INTEGER NOT NULL,
            UNIQUE (bank_bin, account, bank_reference),
            FOREIGN KEY (bank_bin, account) REFERENCES receiving_account (bank_bin, number),
            CHECK ((match = 6) = (direction = 2)),
            CHECK (CASE
                WHEN match IN (1, 2) THEN bill_id IS NOT NULL AND allocated_dong = amount_dong
                WHEN match = 3 THEN bill_id IS NOT NULL AND allocated_dong >= 0
                    AND allocated_dong < amount_dong
                ELSE bill_id IS NULL AND allocated_dong = 0 END)
        ) STRICT;
        CREATE INDEX bank_entry_match ON bank_entry (match, position);
        CREATE TRIGGER bank_entry_changes_only_by_erasing_its_content BEFORE UPDATE ON bank_entry
        WHEN NEW.content <> '' OR NEW.position IS NOT OLD.position
            OR NEW.entry_id IS NOT OLD.entry_id OR NEW.bank_bin IS NOT OLD.bank_bin
            OR NEW.account IS NOT OLD.account OR NEW.bank_reference IS NOT OLD.bank_reference
            OR NEW.direction IS NOT OLD.direction OR NEW.amount_dong IS NOT OLD.amount_dong
            OR NEW.booked_at IS NOT OLD.booked_at OR NEW.recorded_at IS NOT OLD.recorded_at
            OR NEW.match IS NOT OLD.match OR NEW.bill_id IS NOT OLD.bill_id
            OR NEW.allocated_dong IS NOT OLD.allocated_dong
        BEGIN SELECT RAISE(ABORT, 'a bank entry changes only by erasing its content'); END;
        CREATE TRIGGER bank_entry_is_never_deleted BEFORE DELETE ON bank_entry
        BEGIN SELECT RAISE(ABORT, 'a bank entry is never deleted'); END;
        """

    private static let ledger = """
        CREATE TABLE account (
            account_id INTEGER PRIMARY KEY,
            code TEXT NOT NULL UNIQUE CHECK (code <> ''),
            kind TEXT NOT NULL CHECK (kind IN ('asset', 'liability', 'income')),
            balance_limit TEXT NOT NULL CHECK (balance_limit IN (
                'unlimited', 'debitsMustNotExceedCredits', 'creditsMustNotExceedDebits')),
            debits_pending_dong INTEGER NOT NULL DEFAULT 0 CHECK (debits_pending_dong >= 0),
            debits_posted_dong INTEGER NOT NULL DEFAULT 0 CHECK (debits_posted_dong >= 0),
            credits_pending_dong INTEGER NOT NULL DEFAULT 0 CHECK (credits_pending_dong >= 0),
            credits_posted_dong INTEGER NOT NULL DEFAULT 0 CHECK (credits_posted_dong >= 0),
            CHECK (balance_limit <> 'debitsMustNotExceedCredits'
                OR debits_posted_dong <= credits_posted_dong - debits_pending_dong),
            CHECK (balance_limit <> 'creditsMustNotExceedDebits'
                OR credits_posted_dong <= debits_posted_dong - credits_pending_dong)
        ) STRICT;
        CREATE TRIGGER account_keeps_its_name BEFORE UPDATE ON account
        WHEN NEW.account_id IS NOT OLD.account_id OR NEW.code IS NOT OLD.code
            OR NEW.kind IS NOT OLD.kind OR NEW.balance_limit IS NOT OLD.balance_limit
            OR NEW.debits_posted_dong < OLD.debits_posted_dong
            OR NEW.credits_posted_dong < OLD.credits_posted_dong
        BEGIN SELECT RAISE(ABORT, 'an account keeps its name, and its posted sums only grow'); END;
        CREATE TRIGGER account_is_never_deleted BEFORE DELETE ON account
        BEGIN SELECT RAISE(ABORT, 'an account is never deleted'); END;

        CREATE TABLE transfer (
            position INTEGER PRIMARY KEY CHECK (position > 0),
            transfer_id BLOB NOT NULL UNIQUE CHECK (length(transfer_id) = 16),
            debit_account INTEGER NOT NULL REFERENCES account (account_id),
            credit_account INTEGER NOT NULL REFERENCES account (account_id),
            amount_dong INTEGER NOT NULL CHECK (amount_dong > 0),
            -- The numbers of Ledger's TransferReason.
            reason INTEGER NOT NULL CHECK (reason > 0),
            subject TEXT NOT NULL,
            recorded_at INTEGER NOT NULL,
            CHECK (debit_account <> credit_account)
        ) STRICT;
        CREATE TRIGGER transfer_is_never_updated BEFORE UPDATE ON transfer
        BEGIN SELECT RAISE(ABORT, 'a transfer is never edited: another one corrects it'); END;
        CREATE TRIGGER transfer_is_never_deleted BEFORE DELETE ON transfer
        BEGIN SELECT RAISE(ABORT, 'a transfer is never deleted: another one corrects it'); END;
        """

    private static let receipts = """
        CREATE TABLE receipt (
            series TEXT NOT NULL CHECK (series <> ''),
            year INTEGER NOT NULL CHECK (year > 0),
            number INTEGER NOT NULL CHECK (number BETWEEN 1 AND 99999999),
            receipt_id TEXT NOT NULL UNIQUE CHECK (receipt_id <> ''),
            kind TEXT NOT NULL CHECK (kind IN ('phi', 'le-phi')),
            bill_id TEXT NOT NULL REFERENCES bill (bill_id),
            amount_dong INTEGER NOT NULL CHECK (amount_dong > 0),
            amount_in_words TEXT NOT NULL CHECK (amount_in_words <> ''),
            issued_at INTEGER NOT NULL,
            PRIMARY KEY (series, year, number),
            UNIQUE (bill_id, kind)
        ) STRICT, WITHOUT ROWID;
        CREATE TRIGGER receipt_numbers_have_no_gaps BEFORE INSERT ON receipt
        WHEN NEW.number <> 1 + coalesce(
            (SELECT max(number) FROM receipt WHERE series = NEW.series AND year = NEW.year), 0)
        BEGIN SELECT RAISE(ABORT, 'receipt numbers have no gaps'); END;
        CREATE TRIGGER receipt_is_never_updated BEFORE UPDATE ON receipt
        BEGIN SELECT RAISE(ABORT, 'a receipt is never edited'); END;
        CREATE TRIGGER receipt_is_never_deleted BEFORE DELETE ON receipt
        BEGIN SELECT RAISE(ABORT, 'a receipt is never deleted'); END;
        """
}
