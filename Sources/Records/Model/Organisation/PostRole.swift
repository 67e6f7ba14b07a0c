/// What the holder of a post does at a step of an internal process. The numbers are those of the
/// `.proto` and of the rows.
package enum PostRole: Int, Hashable, Sendable, CaseIterable {
    /// Cán bộ tiếp nhận và trả kết quả.
    case receptionist = 1
    /// Chuyên viên thụ lý.
    case handler = 2
    /// Lãnh đạo phê duyệt.
    case approver = 3
    /// Văn thư.
    case clerk = 4
    /// Thủ trưởng: answers for the agency.
    case head = 5
    case deputyHead = 6

    /// As import files write it.
    package var word: String {
        switch self {
        case .receptionist: "receptionist"
        case .handler: "handler"
        case .approver: "approver"
        case .clerk: "clerk"
        case .head: "head"
        case .deputyHead: "deputy_head"
        }
    }

    package init?(word: String) {
        guard let role = Self.allCases.first(where: { $0.word == word }) else { return nil }
        self = role
    }
}
