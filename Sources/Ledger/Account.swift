/// The name of an account: a fixed one of ``Chart``, or one of a family such as
/// `bank:970436:0011001234567`.
package struct AccountCode: Hashable, Sendable, CustomStringConvertible {
    package static let bytesMax = 64

    package let text: String

    /// Lower-case letters, digits, `-`, `.` and `:`; letters of a bank's account number may be
    /// capitals.
    package init?(_ text: String) {
        guard (1...Self.bytesMax).contains(text.utf8.count), text.utf8.allSatisfy(Self.isAllowed)
        else { return nil }
        self.text = text
    }

    init(constant text: String) {
        self.text = text
    }

    package var description: String { text }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: ":"):
            true
        default: false
        }
    }
}

/// What an account's balance is: something held, something owed, or something earned.
package enum AccountKind: String, Sendable, CaseIterable {
    case asset
    case liability
    case income

    /// Whether debits increase it.
    package var isDebitNormal: Bool {
        switch self {
        case .asset: true
        case .liability, .income: false
        }
    }
}

/// The side beyond which an account's balance may not fall. Money in pending transfers counts as
/// spent.
package enum BalanceLimit: String, Sendable, CaseIterable {
    case unlimited
    case debitsMustNotExceedCredits
    case creditsMustNotExceedDebits
}

/// The four sums of an account, in dong. Never negative; they only grow, but for pending ones that
/// are resolved.
package struct Balances: Hashable, Sendable {
    package var debitsPendingDong: Int64
    package var debitsPostedDong: Int64
    package var creditsPendingDong: Int64
    package var creditsPostedDong: Int64

    package init(
        debitsPendingDong: Int64 = 0, debitsPostedDong: Int64 = 0,
        creditsPendingDong: Int64 = 0, creditsPostedDong: Int64 = 0
    ) {
        self.debitsPendingDong = debitsPendingDong
        self.debitsPostedDong = debitsPostedDong
        self.creditsPendingDong = creditsPendingDong
        self.creditsPostedDong = creditsPostedDong
    }
}

/// An account as it stands: what never changes, and its sums.
package struct Account: Hashable, Sendable {
    package let code: AccountCode
    package let kind: AccountKind
    package let limit: BalanceLimit
    package var balances: Balances

    package init(
        code: AccountCode, kind: AccountKind, limit: BalanceLimit = .unlimited,
        balances: Balances = Balances()
    ) {
        self.code = code
        self.kind = kind
        self.limit = limit
        self.balances = balances
    }

    /// Posted only, on the side on which this kind of account grows; negative when it stands on the
    /// other.
    package var balanceDong: Int64 {
        // Both are within 0...Int64.max, so the difference is representable.
        let debits = balances.debitsPostedDong
        let credits = balances.creditsPostedDong
        return kind.isDebitNormal ? debits - credits : credits - debits
    }

    /// What may still leave an account that has a ``limit``: posted, less what pending transfers
    /// hold; `nil` without one.
    package var availableDong: Int64? {
        switch limit {
        case .unlimited: nil
        case .debitsMustNotExceedCredits:
            balances.creditsPostedDong - balances.debitsPostedDong - balances.debitsPendingDong
        case .creditsMustNotExceedDebits:
            balances.debitsPostedDong - balances.creditsPostedDong - balances.creditsPendingDong
        }
    }
}
