import Foundation
import VietQR

/// SplitMix64. Properties name their seed when they fail; `MOTCUA_TEST_SEED` repeats it.
struct SeededRandom: RandomNumberGenerator {
    static let seed =
        ProcessInfo.processInfo.environment["MOTCUA_TEST_SEED"].flatMap { UInt64($0) } ?? 20_260_301

    private var state: UInt64

    init(_ salt: UInt64 = 0) {
        state = Self.seed &+ salt &* 0x632B_E59B_D9B4_E019
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func text(of alphabet: String, count: ClosedRange<Int>) -> String {
        let characters = Array(alphabet)
        return String(
            (0..<Int.random(in: count, using: &self)).map { _ in
                characters[Int(next() % UInt64(characters.count))]
            })
    }
}

let alphanumerics = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
let printable = String(String.UnicodeScalarView((0x20...0x7E).map { Unicode.Scalar($0)! }))

/// An object with the length that its value has, in characters.
func object(_ id: String, _ value: String) -> String {
    let length = value.unicodeScalars.count
    return id + (length < 10 ? "0\(length)" : "\(length)") + value
}

/// The body with a right CRC behind it.
func sealed(_ body: String) -> String {
    let checked = body + "6304"
    let hex = String(CRC16.ccittFalse(checked.utf8), radix: 16, uppercase: true)
    return checked + String(repeating: "0", count: 4 - hex.count) + hex
}

extension PaymentRequest {
    /// Any request that the standard allows.
    static func random(using random: inout SeededRandom) -> PaymentRequest {
        let service = Bool.random(using: &random) ? Service.toAccount : .toCard
        let account = service == .toCard ? "0123456789" : alphanumerics
        func maybe(_ text: String) -> String? {
            Bool.random(using: &random) && text != "***" ? text : nil
        }
        return PaymentRequest(
            bankBIN: random.text(of: "0123456789", count: 6...6),
            accountNumber: random.text(of: account, count: 1...19),
            service: service,
            initiation: Initiation.allCases.randomElement(using: &random),
            amountDong: Bool.random(using: &random)
                ? Int64.random(in: 1...499_999_999, using: &random) : nil,
            content: maybe(random.text(of: printable, count: 1...25)),
            billNumber: maybe(random.text(of: printable, count: 1...25)),
            referenceLabel: maybe(random.text(of: printable, count: 1...25)))
    }
}
