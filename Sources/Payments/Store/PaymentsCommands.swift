import Ledger
import Messages
import Storage
import VietQR

/// What payments does when told to: each command reads, decides and writes in the transaction it is
/// handed, its events included. A rejection leaves the caller to undo the transaction.
package struct PaymentsCommands: Sendable {
    let terms: PaymentsTerms
    let scanner: ReferenceScanner
    private let accounts: [OwnAccount]

    /// - Parameters:
    ///   - prefixes: all under which references were ever drawn.
    ///   - accounts: all that ever received money, the newest last.
    init(terms: PaymentsTerms, prefixes: Set<ReferencePrefix>, accounts: [OwnAccount]) {
        self.terms = terms
        self.accounts = accounts
        scanner = ReferenceScanner(prefixes: prefixes.union([terms.prefix]))
    }

    /// Which account of ours a number means: the configured one where it fits, else the newest of the
    /// former ones; `nil` when none has it.
    func ownAccount(numbered number: String) -> OwnAccount? {
        number == terms.account.number
            ? terms.account.own : accounts.last { $0.number == number }
    }

    package func register(
        _ tariff: Tariff, in transaction: inout Transaction
    ) throws -> TariffRejection? {
        let table = TariffTable(database: transaction.database)
        transaction.auditSubject = "\(tariff.procedureID)/\(tariff.version)"
        let known = try table.tariff(procedureID: tariff.procedureID, version: tariff.version)
        if let known {
            return known.agrees(with: tariff) ? nil : .alreadyRegisteredWithOtherLines
        }
        try table.insert(tariff, at: transaction.now)
        return nil
    }

    /// Returns the id of the bill; `nil` where nothing is owed. A dossier assessed again under the
    /// same lines keeps the bill that it has.
    package func assess(
        _ order: AssessmentOrder, in transaction: inout Transaction
    ) throws -> Result<String?, AssessmentRejection> {
        let database = transaction.database
        let bills = BillTable(database: database)
        transaction.auditSubject = order.dossierID
        if let before = try bills.assessment(of: order.dossierID) {
            guard before.agrees(with: order) else { return .failure(.alreadyAssessedOtherwise) }
            return .success(try bills.bill(.dossier(order.dossierID))?.id)
        }
        guard
            let tariff = try TariffTable(database: database)
                .tariff(procedureID: order.procedureID, version: order.version)
        else { return .failure(.tariffNotFound) }
        switch Assessment.of(feeLineIDs: order.feeLineIDs, tariff: tariff) {
        case .failure(let rejection):
            return .failure(rejection)
        case .success(.nothingDue):
            try bills.insert(order, at: transaction.now)
            try transaction.append(.nothingDue(dossierID: order.dossierID))
            return .success(nil)
        case .success(.awaitsAmount(let lines)):
            return .success(
                try raise(lines, for: order, reference: nil, in: &transaction))
        case .success(.due(let lines)):
            let reference = try newReference(bills)
            return .success(
                try raise(lines, for: order, reference: reference, in: &transaction))
        }
    }

    private func raise(
        _ lines: [BillLine], for order: AssessmentOrder, reference: String?,
        in transaction: inout Transaction
    ) throws -> String {
        let bills = BillTable(database: transaction.database)
        let bill = Bill.raised(
            id: terms.random.identifier("bill", at: transaction.now), dossierID: order.dossierID,
            lines: lines, reference: reference, at: transaction.now)
        try bills.insert(order, at: transaction.now)
        try bills.insert(bill)
        try transaction.append(reference == nil ? .awaitsAmount(bill) : .issued(bill))
        return bill.id
    }

    /// Sets the amount of an open line, on the word of an official.
    package func setAmount(
        _ order: AmountOrder, by principal: String, in transaction: inout Transaction
    ) throws -> Result<Bill, AmountRejection> {
        let bills = BillTable(database: transaction.database)
        transaction.auditSubject = order.billID
        guard var bill = try bills.bill(.bill(order.billID)) else {
            return .failure(.billNotFound)
        }
        let outcome = try bill.setAmount(
            ofLine: order.feeLineID, dong: order.amountDong, at: transaction.now,
            newReference: { try newReference(bills) })
        if case .failure(let rejection) = outcome { return .failure(rejection) }
        try bills.setLine(order, by: principal, at: transaction.now)
        try bills.update(bill)
        switch outcome {
        case .failure, .success(.stillAwaits): break
        case .success(.issued): try transaction.append(.issued(bill))
        case .success(.nothingDue):
            try transaction.append(.nothingDue(dossierID: bill.dossierID))
        }
        return .success(bill)
    }

    private func newReference(_ bills: BillTable) throws -> String {
        var source = terms.random
        for _ in 0..<Self.drawsMax {
            let reference = Reference.draw(prefix: terms.prefix, using: &source)
            if try !bills.isTaken(reference) { return reference.text }
        }
        preconditionFailure("the source of randomness repeats itself")
    }

    /// Among ten million live references one draw in a hundred million is taken.
    private static let drawsMax = 8
}
