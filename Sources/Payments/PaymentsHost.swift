import Ledger
import Logging
import RPC
import Storage
import WorkingTime

/// Payments, put together: the database and what serves over it.
package struct PaymentsHost: Sendable {
    package let store: Store
    package let services: [any Service]

    /// Opens the database in `directory`, making it where there is none, and the ledger's accounts
    /// in it.
    ///
    /// - Throws: ``PaymentsConfigurationError``, or `StorageError` when the database cannot be
    ///   opened.
    package static func open(
        directory: String, configuration: PaymentsConfiguration,
        clock: @escaping @Sendable () -> Instant, logger: Logger
    ) async throws -> PaymentsHost {
        let terms = try PaymentsTerms(checking: configuration)
        var options = Store.Options()
        options.report = { logger.error("the store failed", metadata: ["error": "\($0)"]) }
        let store = try Store(
            path: "\(directory)/payments.sqlite", migrations: Migrations.all, options: options)
        do {
            let commands = try await store.writer.perform { database in
                let ledger = LedgerTable(database: database)
                let bank = Chart.bank(
                    bin: terms.account.bankBIN, accountNumber: terms.account.number)
                for account in Chart.fixed + [bank] { try ledger.open(account) }
                let bills = BillTable(database: database)
                try bills.remember(terms.prefix)
                let entries = EntryTable(database: database)
                try entries.remember(terms.account.own)
                return PaymentsCommands(
                    terms: terms, prefixes: try bills.prefixes(),
                    accounts: try entries.accounts())
            }
            return PaymentsHost(store: store, commands: commands, clock: clock)
        } catch {
            await store.close()
            throw error
        }
    }

    private init(
        store: Store, commands: PaymentsCommands, clock: @escaping @Sendable () -> Instant
    ) {
        let desk = PaymentsDesk(store: store, commands: commands, clock: clock)
        self.store = store
        services = [
            TariffsEndpoint(desk: desk), BillsEndpoint(desk: desk), BankEntriesEndpoint(desk: desk),
            ReceiptsEndpoint(desk: desk), LedgerEndpoint(desk: desk), JournalEndpoint(store: store),
        ]
    }

    package func close() async {
        await store.close()
    }
}
