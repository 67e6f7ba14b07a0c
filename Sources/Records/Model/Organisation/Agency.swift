import WorkingTime

/// The kinds of agencies. The numbers are those of the `.proto` and of the rows.
package enum AgencyLevel: Int, Hashable, Sendable, CaseIterable {
    /// Thành phố: the root.
    case city = 1
    /// Trung tâm Phục vụ hành chính công.
    case centre = 2
    /// Chi nhánh.
    case branch = 3
    /// Điểm tiếp nhận.
    case receptionPoint = 4
    /// Sở, ban, ngành.
    case department = 5
    /// Xã.
    case commune = 6
    /// Phường.
    case ward = 7
    /// Quận, huyện, thị xã, abolished from 1 July 2025.
    case district = 8

    /// As import files write it.
    package var word: String {
        switch self {
        case .city: "city"
        case .centre: "centre"
        case .branch: "branch"
        case .receptionPoint: "reception_point"
        case .department: "department"
        case .commune: "commune"
        case .ward: "ward"
        case .district: "district"
        }
    }

    /// How far down the tree: a parent's is less than its child's, so that nothing is its own
    /// ancestor.
    package var depth: Int {
        switch self {
        case .city: 0
        case .centre, .department, .district: 1
        case .branch, .commune, .ward: 2
        case .receptionPoint: 3
        }
    }

    static let depthMax = 3
}

/// From a first day to a last one, both included.
package struct DayRange: Hashable, Sendable {
    package var from: CivilDate
    /// `nil`: until further notice.
    package var lastDay: CivilDate?

    package init(from: CivilDate, lastDay: CivilDate?) {
        self.from = from
        self.lastDay = lastDay
    }

    package func contains(_ day: CivilDate) -> Bool {
        from <= day && (lastDay.map { day <= $0 } ?? true)
    }

    func overlaps(_ other: DayRange) -> Bool {
        (lastDay.map { other.from <= $0 } ?? true) && (other.lastDay.map { from <= $0 } ?? true)
    }
}

/// What an agency was for a time.
package struct AgencyPeriod: Hashable, Sendable {
    package var days: DayRange
    package var name: String
    package var level: AgencyLevel
    /// Empty for the root.
    package var parent: String
    /// Whether dossiers are handed in there.
    package var takesDossiers: Bool

    package init(
        days: DayRange, name: String, level: AgencyLevel, parent: String, takesDossiers: Bool
    ) {
        self.days = days
        self.name = name
        self.level = level
        self.parent = parent
        self.takesDossiers = takesDossiers
    }
}

/// An agency under its identifier (Decision 20/2020), through all its names and places.
package struct Agency: Hashable, Sendable {
    package var id: String
    /// Oldest first; no two of them share a day.
    package var periods: [AgencyPeriod]
    /// Who answers for its dossiers once it is closed; empty where nobody was named.
    package var successor: String

    package init(id: String, periods: [AgencyPeriod], successor: String) {
        self.id = id
        self.periods = periods
        self.successor = successor
    }

    /// What it was on a day; `nil` when it was not in force.
    package func period(on day: CivilDate) -> AgencyPeriod? {
        periods.last { $0.days.from <= day }.flatMap { $0.days.contains(day) ? $0 : nil }
    }

    /// `nil` while it is in force until further notice.
    package var lastDay: CivilDate? { periods.last?.days.lastDay }

    /// Whether it was in force on every one of these days.
    func covers(_ days: DayRange) -> Bool {
        var next = days.from
        for period in periods {
            guard period.days.contains(next) else { continue }
            guard let last = period.days.lastDay else { return true }
            if let wanted = days.lastDay, wanted <= last { return true }
            next = last.adding(days: 1)
        }
        return false
    }
}

/// At most 35 digits, capital letters and dots; level 1, which begins or ends it, is a letter from A
/// to Y and two digits (Decision 20/2020; Circular 01/2018 art. 19 writes level 1 last).
package enum AgencyIdentifier {
    package static let charactersMax = 35

    package static func isWellFormed(_ text: String) -> Bool {
        guard (1...charactersMax).contains(text.utf8.count) else { return false }
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard
            parts.allSatisfy({ part in
                !part.isEmpty
                    && part.allSatisfy {
                        (0x30...0x39).contains($0) || (0x41...0x5A).contains($0)
                    }
            })
        else { return false }
        return isLevelOne(parts[0]) || isLevelOne(parts[parts.count - 1])
    }

    private static func isLevelOne(_ part: Substring.UTF8View) -> Bool {
        let bytes = Array(part)
        return bytes.count == 3 && (0x41...0x59).contains(bytes[0])
            && bytes[1...].allSatisfy { (0x30...0x39).contains($0) }
    }
}

/// A counter (quầy) of an agency.
package struct Counter: Hashable, Sendable {
    package var agency: String
    /// Unique within the agency, such as "Q01".
    package var id: String
    package var name: String
    package var days: DayRange

    package init(agency: String, id: String, name: String, days: DayRange) {
        self.agency = agency
        self.id = id
        self.name = name
        self.days = days
    }
}

/// A post (vị trí) in an agency and who holds it for how long.
package struct Post: Hashable, Sendable {
    package var agency: String
    package var role: PostRole
    /// As it is signed with.
    package var title: String
    /// The principal that tokens name.
    package var official: String
    package var days: DayRange

    package init(
        agency: String, role: PostRole, title: String, official: String, days: DayRange
    ) {
        self.agency = agency
        self.role = role
        self.title = title
        self.official = official
        self.days = days
    }
}

/// Somebody who holds posts.
package struct Official: Hashable, Sendable {
    /// The principal that tokens name.
    package var principal: String
    package var fullName: String
    /// By first day; at least one.
    package var posts: [Post]

    package init(principal: String, fullName: String, posts: [Post]) {
        self.principal = principal
        self.fullName = fullName
        self.posts = posts
    }
}
