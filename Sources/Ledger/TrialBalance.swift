/// The posted sums of all accounts side by side. Pending transfers have not happened and are left
/// out.
package struct TrialBalance: Hashable, Sendable {
    package struct Line: Hashable, Sendable {
        package let code: AccountCode
        package let kind: AccountKind
        package let debitsDong: Int64
        package let creditsDong: Int64
    }

    /// In ascending order of code.
    package let lines: [Line]
    /// Wider than one account's sum, so that adding accounts cannot overflow.
    package let debitsDong: Int128
    package let creditsDong: Int128

    package init(_ accounts: some Sequence<Account>) {
        lines =
            accounts
            .map {
                Line(
                    code: $0.code, kind: $0.kind, debitsDong: $0.balances.debitsPostedDong,
                    creditsDong: $0.balances.creditsPostedDong)
            }
            .sorted { $0.code.text < $1.code.text }
        debitsDong = lines.reduce(0) { $0 + Int128($1.debitsDong) }
        creditsDong = lines.reduce(0) { $0 + Int128($1.creditsDong) }
    }

    /// Anything but `true` is a bug of ours or a damaged store, never a state of affairs.
    package var isBalanced: Bool { debitsDong == creditsDong }
}
