import Ledger
import VietQR

/// What an installation says about its money, unchecked.
package struct PaymentsConfiguration: Sendable {
    /// Of a bank of the State Bank's list, such as "970436".
    package var bankBIN: String
    package var accountNumber: String
    /// Three capitals without I, L, O and U.
    package var referencePrefix = "DVC"
    /// A pattern for each kind, such as `1C{YY}TAA`. Two kinds never share a series (phí and lệ phí
    /// are receipted apart).
    package var receiptSeries: [FeeKind: String] = [
        .phi: "1C{YY}TPA", .lePhi: "1C{YY}TLA",
    ]
    package var random = RandomSource.system

    package init(bankBIN: String, accountNumber: String) {
        self.bankBIN = bankBIN
        self.accountNumber = accountNumber
    }
}

/// What is wrong with a configuration, in order of precedence.
package struct PaymentsConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        case bankUnusable
        case accountNumberUnusable
        case referencePrefixUnusable
        case receiptSeriesMissing
        case receiptSeriesMalformed
        case receiptSeriesShared
    }

    package let code: Code
    package let message: String

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}

/// A configuration that has been checked: nothing that is built from it can fail for its sake.
package struct PaymentsTerms: Sendable {
    package let account: ReceivingAccount
    package let prefix: ReferencePrefix
    package let random: RandomSource
    private let series: [FeeKind: ReceiptSeries]

    package init(
        checking configuration: PaymentsConfiguration
    ) throws(PaymentsConfigurationError) {
        account = try Self.account(configuration)
        guard let prefix = ReferencePrefix(configuration.referencePrefix) else {
            throw PaymentsConfigurationError(
                .referencePrefixUnusable,
                "the reference prefix '\(configuration.referencePrefix)' must be three capitals without "
                    + "I, L, O and U, such as DVC")
        }
        self.prefix = prefix
        series = try Self.series(configuration)
        random = configuration.random
    }

    package func series(of kind: FeeKind, year: Int) -> String {
        series[kind]!.text(year: year)
    }

    private static func account(
        _ configuration: PaymentsConfiguration
    ) throws(PaymentsConfigurationError) -> ReceivingAccount {
        do {
            return try ReceivingAccount(
                bankBIN: configuration.bankBIN, number: configuration.accountNumber)
        } catch .binNotSixDigits, .binNotInStateBankList {
            throw PaymentsConfigurationError(
                .bankUnusable,
                "the receiving bank '\(configuration.bankBIN)' must be a BIN of the State Bank's list, "
                    + "such as 970436")
        } catch {
            throw PaymentsConfigurationError(
                .accountNumberUnusable,
                "the receiving account must be 1 to \(PayloadLimits.accountNumberMax) ASCII letters and "
                    + "digits")
        }
    }

    private static func series(
        _ configuration: PaymentsConfiguration
    ) throws(PaymentsConfigurationError) -> [FeeKind: ReceiptSeries] {
        var series: [FeeKind: ReceiptSeries] = [:]
        for kind in FeeKind.allCases {
            guard let pattern = configuration.receiptSeries[kind] else {
                throw PaymentsConfigurationError(
                    .receiptSeriesMissing,
                    "no receipt series is named for the fee kind \(kind.rawValue)")
            }
            guard let parsed = ReceiptSeries(pattern: pattern) else {
                throw PaymentsConfigurationError(
                    .receiptSeriesMalformed,
                    "the receipt series '\(pattern)' must hold {YY} once among capitals and digits, "
                        + "such as 1C{YY}TAA")
            }
            guard !series.values.contains(where: parsed.meets) else {
                throw PaymentsConfigurationError(
                    .receiptSeriesShared, "two kinds of fee share the receipt series '\(pattern)'")
            }
            series[kind] = parsed
        }
        return series
    }
}
