import Ledger
import Messages
import RPC
import Storage

struct LedgerEndpoint: PaymentsV1.LedgerService {
    let desk: PaymentsDesk

    /// Adds every transfer up anew and holds the result against the accounts' own sums.
    ///
    /// - Throws: DATA_LOSS when they differ, or when debits and credits do.
    func getTrialBalance(
        _ request: PaymentsV1.GetTrialBalanceRequest, context: CallContext
    ) async throws -> PaymentsV1.TrialBalance {
        let (added, kept) = try await desk.store.read { database in
            let table = LedgerTable(database: database)
            return (try table.accountsFromTransfers(), try table.accounts())
        }
        let balance = Ledger.TrialBalance(added)
        guard added == kept, balance.isBalanced, let debits = Int64(exactly: balance.debitsDong),
            let credits = Int64(exactly: balance.creditsDong)
        else { throw Status.ledgerDisagrees }
        let names = Dictionary(uniqueKeysWithValues: added.map { ($0.code, $0.vietnameseName) })
        var response = PaymentsV1.TrialBalance()
        response.accounts = balance.lines.map { line in
            var account = PaymentsV1.AccountBalance()
            account.account = line.code.text
            account.name = names[line.code]!
            account.debitsDong = line.debitsDong
            account.creditsDong = line.creditsDong
            return account
        }
        response.debitsDong = debits
        response.creditsDong = credits
        return response
    }
}
