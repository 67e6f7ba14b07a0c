import Messages

/// One dossier of the demonstration: a real procedure of the sample catalogue and somebody who needs it.
struct Story {
    enum Fee {
        case free
        case printed
        /// The source leaves the amount open; an official sets it.
        case set(dong: Int64, reason: String)
    }

    var title: String
    var procedureID: String
    var fee: Fee
    var needsSupplement = false
    var fullName: String
    var phone: String
    var resultNumber: String
    var resultSummary: String
    /// What the bank makes of the transfer's content around the reference.
    var transferContent: @Sendable (_ reference: String) -> String = { $0 }

    static let all = [
        Story(
            title: "A fee, paid by a transfer with noisy content",
            procedureID: "1708", fee: .printed, fullName: "Nguyễn Thị Hồng Đào",
            phone: "0912345678",
            resultNumber: "HC-2026/0417", resultSummary: "Hộ chiếu đã sửa đổi, bổ sung",
            // As an app inside the bank writes it, with the reference broken by a blank.
            transferContent: { reference in
                "MBVCB.5931254271.\(reference.prefix(7)) \(reference.dropFirst(7)).CT tu 0011001932418 "
                    + "NGUYEN THI HONG DAO toi 0011009999999"
            }),
        Story(
            title: "Free of charge: no bill, no QR",
            procedureID: "1534", fee: .free, fullName: "Trần Văn Bình", phone: "0387654321",
            resultNumber: "TB-2026/12", resultSummary: "Văn bản chấp thuận bổ sung hoạt động"),
        Story(
            title: "A fee that the source leaves open, and a supplement",
            procedureID: "1523",
            fee: .set(dong: 25_000, reason: "Nghị quyết của HĐND thành phố về lệ phí hộ tịch"),
            needsSupplement: true, fullName: "Lê Hoàng Đức", phone: "0978123456",
            resultNumber: "TLKH-2026/88", resultSummary: "Trích lục đăng ký nhận cha, mẹ, con",
            // As it comes through NAPAS, in lower case between a trace number and a time.
            transferContent: {
                "242151.130226.161502.\($0.lowercased()) le phi ho tich FT26044123456789"
            }),
    ]
}

extension RecordsV1.DossierState {
    /// The national number and name of the state.
    var label: String { "\(rawValue) \(title)" }
}

extension PaymentsV1.MatchState {
    var label: String {
        protoName.map { String($0.dropFirst("MATCH_STATE_".count)).lowercased() } ?? "\(rawValue)"
    }
}
