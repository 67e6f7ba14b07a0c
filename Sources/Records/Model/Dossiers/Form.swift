/// The papers of a one-stop counter that go with an act. Circulars number them, each its own way.
package enum FormKind: Hashable, Sendable, CaseIterable {
    /// Giấy tiếp nhận hồ sơ và hẹn trả kết quả.
    case acceptanceSlip
    /// Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ.
    case supplementRequest
    /// Phiếu từ chối tiếp nhận giải quyết hồ sơ.
    case refusal
    /// 2018: Phiếu xin lỗi và hẹn lại ngày trả kết quả. 2025: Văn bản xin lỗi và đề nghị gia hạn
    /// thời gian giải quyết.
    case apology
    /// Thông báo dừng giải quyết hồ sơ: since Circular 03/2025.
    case stopNotice
    /// Phiếu kiểm soát quá trình giải quyết hồ sơ.
    case controlSlip
    /// Sổ theo dõi hồ sơ.
    case register
}

extension Regime {
    /// The number of a form, such as "03"; `nil` where the circular has no such form.
    package func form(_ kind: FormKind) -> String? { forms[kind] }

    /// Circular 01/2018, annex.
    static let forms2018: [FormKind: String] = [
        .acceptanceSlip: "01", .supplementRequest: "02", .refusal: "03", .apology: "04",
        .controlSlip: "05", .register: "06",
    ]
    /// Circular 03/2025, annex, as city decisions quote it: the annex itself was not at hand.
    static let forms2025: [FormKind: String] = [
        .acceptanceSlip: "01", .supplementRequest: "02", .refusal: "03", .apology: "04",
        .stopNotice: "05", .controlSlip: "06", .register: "07",
    ]
}
