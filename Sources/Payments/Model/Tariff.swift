import Ledger

/// What a fee line costs.
package enum FeeAmount: Hashable, Sendable {
    /// Zero is a printed zero: nothing is owed for this line.
    case fixed(dong: Int64)
    /// The source says that a fee exists and not how much. Never taken for zero: an official sets
    /// it.
    case open
}

/// The ways of handing a dossier in for which a line is printed. Empty: for all.
package struct ChannelSet: OptionSet, Hashable, Sendable {
    package let rawValue: Int64

    package init(rawValue: Int64) { self.rawValue = rawValue }

    package static let direct = ChannelSet(rawValue: 1)
    package static let online = ChannelSet(rawValue: 2)
    package static let post = ChannelSet(rawValue: 4)
}

/// One line of a tariff.
package struct FeeLine: Hashable, Sendable {
    /// Unique within the tariff.
    package var id: String
    package var kind: FeeKind
    package var amount: FeeAmount
    /// What one amount pays for; may be empty.
    package var per: String
    package var note: String
    package var channels: ChannelSet

    package init(
        id: String, kind: FeeKind, amount: FeeAmount, per: String = "", note: String = "",
        channels: ChannelSet = []
    ) {
        self.id = id
        self.kind = kind
        self.amount = amount
        self.per = per
        self.note = note
        self.channels = channels
    }
}

/// The fee lines of one version of a procedure. Registered once and never changed: other lines are
/// another version.
package struct Tariff: Hashable, Sendable {
    package var procedureID: String
    package var version: Int64
    package var lines: [FeeLine]

    package init(procedureID: String, version: Int64, lines: [FeeLine]) {
        self.procedureID = procedureID
        self.version = version
        self.lines = lines
    }

    /// Whether both say the same, whatever the order of their lines.
    package func agrees(with other: Tariff) -> Bool {
        procedureID == other.procedureID && version == other.version
            && lines.sorted { $0.id < $1.id } == other.lines.sorted { $0.id < $1.id }
    }
}

package enum TariffRejection: Error, Hashable, Sendable {
    case alreadyRegisteredWithOtherLines
}

/// Limits on money, in dong. They keep every sum of a service's lifetime inside an `Int64`.
package enum MoneyLimits {
    /// An amount that an official sets: what one NAPAS247 transfer can still pay. A bill of several
    /// lines, or of a line that is printed so, may come to more.
    package static let setAmountDongMax: Int64 = 499_999_999
    /// A fee line as a source prints it.
    package static let feeLineDongMax: Int64 = 9_999_999_999_999
    /// One entry of a bank account.
    package static let entryDongMax: Int64 = 999_999_999_999_999
}
