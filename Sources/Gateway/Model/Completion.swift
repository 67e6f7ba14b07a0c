import Messages

extension GatewayV1.Completion {
    /// How far a dossier in this state has come, as the public may know it. `nil` for a state that
    /// this version does not know.
    package init?(_ state: RecordsV1.DossierState) {
        switch state {
        case .registered, .accepted: self = .received
        case .processing: self = .inProgress
        case .awaitingSupplement, .awaitingPayment: self = .awaitingApplicant
        case .finished: self = .resultReady
        case .refused, .withdrawn, .stopped, .returned: self = .closed
        case .unspecified, .unrecognized: return nil
        }
    }

    /// What the citizen reads.
    package var vietnamese: String {
        switch self {
        case .received: "Đã tiếp nhận"
        case .inProgress: "Đang giải quyết"
        case .awaitingApplicant: "Chờ người nộp hồ sơ"
        case .resultReady: "Đã có kết quả"
        case .closed: "Đã kết thúc"
        case .unspecified, .unrecognized: ""
        }
    }
}
