import Foundation
import Ledger

/// SplitMix64. Properties name their seed when they fail; `MOTCUA_TEST_SEED` repeats it.
struct SeededRandom: RandomNumberGenerator {
    static let seed =
        ProcessInfo.processInfo.environment["MOTCUA_TEST_SEED"].flatMap { UInt64($0) } ?? 20_260_301

    private var state: UInt64 = SeededRandom.seed

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// A book with the whole chart and one bank account, and transfers numbered as they are made.
final class Desk {
    static let bank = Chart.bank(bin: "970436", accountNumber: "0011001234567")

    var book = Book()
    private var lastID: UInt128 = 0

    init() {
        for account in Chart.fixed + [Self.bank] {
            precondition(book.open(account))
        }
    }

    func order(_ amountDong: Int64) -> Transfer.Order {
        lastID += 1
        return Transfer.Order(id: TransferID(lastID), amountDong: amountDong, subject: "HS-1")
    }

    func balance(_ account: Account) -> Int64? {
        book[account.code]?.balanceDong
    }
}

extension Decision {
    var isRecorded: Bool {
        if case .record = self { true } else { false }
    }
}
