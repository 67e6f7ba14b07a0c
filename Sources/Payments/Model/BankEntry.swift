import WorkingTime

/// One line of our account, as a bank reports it.
package struct ReportedEntry: Hashable, Sendable {
    package var account: OwnAccount
    /// The bank's own reference. With the account it is the entry's identity, however it came.
    package var bankReference: String
    package var direction: EntryDirection
    package var amountDong: Int64
    /// Personal data: it stays in the entry's row, out of events, logs and errors.
    package var content: String
    package var bookTime: Instant

    package init(
        account: OwnAccount, bankReference: String, direction: EntryDirection, amountDong: Int64,
        content: String, bookTime: Instant
    ) {
        self.account = account
        self.bankReference = bankReference
        self.direction = direction
        self.amountDong = amountDong
        self.content = content
        self.bookTime = bookTime
    }
}

/// A booked entry and what became of it.
package struct BankEntry: Hashable, Sendable {
    package let id: String
    package let reported: ReportedEntry
    package let match: MatchState
    package let billID: String?
    package let allocatedDong: Int64

    package init(
        id: String, reported: ReportedEntry, match: MatchState, billID: String?,
        allocatedDong: Int64
    ) {
        self.id = id
        self.reported = reported
        self.match = match
        self.billID = billID
        self.allocatedDong = allocatedDong
    }
}

/// Where a page of entries begins, and which entries are meant.
package struct EntryQuery: Hashable, Sendable {
    /// `nil` for all.
    package var match: MatchState?
    /// The last position of the page before; zero for the first page.
    package var afterPosition: Int64
    package var entriesMax: Int

    package init(match: MatchState?, afterPosition: Int64, entriesMax: Int) {
        self.match = match
        self.afterPosition = afterPosition
        self.entriesMax = entriesMax
    }
}

/// A page in the order of booking; `nextPosition` is `nil` at the end.
package struct EntryPage: Hashable, Sendable {
    package var entries: [BankEntry]
    package var nextPosition: Int64?
}
