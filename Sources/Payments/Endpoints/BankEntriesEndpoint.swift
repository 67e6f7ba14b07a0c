import Identity
import Messages
import RPC
import Storage
import WorkingTime

struct BankEntriesEndpoint: PaymentsV1.BankEntriesService {
    static let pageSizeDefault = 50
    static let pageSizeMax = 500

    let desk: PaymentsDesk

    func recordBankEntry(
        _ request: PaymentsV1.RecordBankEntryRequest, context: CallContext
    ) async throws -> PaymentsV1.BankEntry {
        let reported = try ReportedEntry(reading: request, of: desk.commands)
        return try await desk.run(request, context, memory: Self.memory) { commands, transaction in
            switch try commands.record(reported, in: &transaction) {
            case .success(let entry): .success(PaymentsV1.BankEntry(entry))
            case .failure(let rejection): .failure(Status(rejection))
            }
        }
    }

    /// The content is personal data and stays in the entry's row.
    private static let memory = ReplyMemory<PaymentsV1.BankEntry>(
        blank: { $0.content = "" },
        refill: { reply, database in
            reply.content = try EntryTable(database: database).content(of: reply.entryID)
        })

    func listBankEntries(
        _ request: PaymentsV1.ListBankEntriesRequest, context: CallContext
    ) async throws -> PaymentsV1.ListBankEntriesResponse {
        let query = try EntryQuery(reading: request)
        let page = try await desk.store.read { try EntryTable(database: $0).page(query) }
        var response = PaymentsV1.ListBankEntriesResponse()
        response.entries = page.entries.map { PaymentsV1.BankEntry($0) }
        response.nextPageToken =
            page.nextPosition.map { "\(request.match.rawValue)-\($0)" } ?? ""
        return response
    }
}

extension ReportedEntry {
    /// In bytes. A bank's own references are far shorter, and so is what banks carry as content.
    private static let bankReferenceBytesMax = 128
    private static let contentBytesMax = 4_096

    fileprivate init(
        reading request: PaymentsV1.RecordBankEntryRequest, of commands: PaymentsCommands
    ) throws(Status) {
        var check = RequestCheck()
        // Checked here and not in the transaction, so that the refusal is not remembered: once the
        // right account is configured, the same request is booked.
        let account = commands.ownAccount(numbered: request.account)
        check.require(account != nil, "account", "must be a receiving account of ours")
        let reference = request.bankReference.trimmingBlanks
        check.require(
            (1...Self.bankReferenceBytesMax).contains(reference.utf8.count)
                && reference.utf8.allSatisfy { (0x20...0x7E).contains($0) },
            "bank_reference",
            "must be 1 to \(Self.bankReferenceBytesMax) printable ASCII characters")
        let direction = EntryDirection(request.direction)
        check.require(
            direction != nil, "direction",
            "must be ENTRY_DIRECTION_CREDIT or ENTRY_DIRECTION_DEBIT")
        check.amount(request.amountDong, "amount_dong", within: 1...MoneyLimits.entryDongMax)
        check.text(request.content, "content", bytesMax: Self.contentBytesMax)
        let bookTime = request.bookTime?.instant
        check.require(bookTime != nil, "book_time", "must say when the bank booked the entry")
        try check.finish()
        self.init(
            account: account!, bankReference: reference, direction: direction!,
            amountDong: request.amountDong, content: request.content,
            bookTime: bookTime!)
    }
}

extension EntryQuery {
    fileprivate init(reading request: PaymentsV1.ListBankEntriesRequest) throws(Status) {
        var check = RequestCheck()
        let match = MatchState(request.match)
        check.require(
            match != nil || request.match == .unspecified, "match",
            "must be a known MATCH_STATE, or left out for all")
        check.require(
            (0...BankEntriesEndpoint.pageSizeMax).contains(Int(request.pageSize)), "page_size",
            "must be 1 to \(BankEntriesEndpoint.pageSizeMax), or left out")
        let after = Self.position(inToken: request.pageToken, of: request.match)
        check.require(
            after != nil, "page_token",
            "must be the next_page_token of a list with the same match, or empty")
        try check.finish()
        let size =
            request.pageSize == 0
            ? BankEntriesEndpoint.pageSizeDefault
            : Int(request.pageSize)
        self.init(match: match, afterPosition: after!, entriesMax: size)
    }

    private static func position(
        inToken token: String, of match: PaymentsV1.MatchState
    ) -> Int64? {
        guard !token.isEmpty else { return 0 }
        let parts = token.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0] == String(match.rawValue), let position = Int64(parts[1]),
            position >= 0
        else { return nil }
        return position
    }
}

extension String {
    fileprivate var trimmingBlanks: String {
        let isBlank: (UInt8) -> Bool = { $0 == 0x20 || (0x09...0x0D).contains($0) }
        let head = utf8.drop(while: isBlank)
        let tail = head.reversed().prefix(while: isBlank).count
        return String(decoding: head.dropLast(tail), as: UTF8.self)
    }
}
