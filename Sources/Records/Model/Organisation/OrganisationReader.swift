import WorkingTime

/// One line of an organisation's file.
package struct OrganisationLine: Hashable, Sendable {
    package enum Content: Hashable, Sendable {
        /// One period, and who succeeds the agency when it is the last.
        case agency(id: String, AgencyPeriod, successor: String)
        case counter(Counter)
        case official(Official)
    }

    /// Counted from 1, blank lines included.
    package var number: Int
    package var content: Content

    /// What it is about: two lines of a file never say the same row.
    package var row: OrganisationRow {
        switch content {
        case .agency(let id, let period, _): .period(agency: id, from: period.days.from)
        case .counter(let counter): counter.row
        case .official(let official): .official(official.principal)
        }
    }
}

/// Reads an organisation's file: one JSON object a line, UTF-8, its kind in `kind`. Nothing is
/// guessed: what is not exactly in shape is refused with its reason, and the other lines stand.
package enum OrganisationReader {
    /// The size of one import, in bytes.
    package static let bytesMax = 3 << 20
    package static let linesMax = 10_000

    package struct Refused: Hashable, Sendable {
        package var line: Int
        package var problem: LineProblem
    }

    package struct Reading: Sendable {
        package var lines: [OrganisationLine] = []
        package var refused: [Refused] = []
    }

    /// Reads all lines. One that says a row that an earlier line said is refused: which of them
    /// holds is not ours to choose.
    package static func read(_ bytes: [UInt8]) -> Reading {
        var reading = Reading()
        var firstLines: [OrganisationRow: Int] = [:]
        let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() where !JSONLine.isBlank(line) {
            let number = index + 1
            do throws(LineProblem) {
                let line = OrganisationLine(number: number, content: try content(of: line))
                if let first = firstLines[line.row] {
                    throw LineProblem(
                        reason: "says again what line \(first) says; keep one of them")
                }
                firstLines[line.row] = number
                reading.lines.append(line)
            } catch {
                reading.refused.append(Refused(line: number, problem: error))
            }
        }
        return reading
    }

    private static func content(
        of line: ArraySlice<UInt8>
    ) throws(LineProblem) -> OrganisationLine.Content {
        let fields = CatalogueFields(try JSONLine.fields(of: line))
        let content: OrganisationLine.Content
        switch try fields.word("kind", among: Kind.allCases.map { ($0.rawValue, $0) }) {
        case .agency: content = try agency(fields)
        case .counter: content = .counter(try counter(fields))
        case .official: content = .official(try official(fields))
        }
        try JSONSpelling.check(line)
        return content
    }

    private enum Kind: String, CaseIterable {
        case agency, counter, official
    }

    private static func agency(
        _ fields: CatalogueFields
    ) throws(LineProblem) -> OrganisationLine.Content {
        try fields.check(
            required: ["kind", "agency", "name", "level", "takes_dossiers", "from"],
            optional: ["parent", "last_day", "successor"])
        let level = try fields.word("level", among: AgencyLevel.allCases.map { ($0.word, $0) })
        let parent = fields.isNull("parent") ? "" : try identifier("parent", fields)
        if level == .city, !parent.isEmpty {
            throw fields.problem("parent", "a city stands below nothing: leave it out")
        }
        let period = AgencyPeriod(
            days: try days(fields), name: try fields.text("name", charactersMax: 300),
            level: level, parent: parent, takesDossiers: try fields.boolean("takes_dossiers"))
        return .agency(
            id: try identifier("agency", fields), period,
            successor: fields.isNull("successor") ? "" : try identifier("successor", fields))
    }

    private static func counter(_ fields: CatalogueFields) throws(LineProblem) -> Counter {
        try fields.check(
            required: ["kind", "agency", "counter", "name", "from"], optional: ["last_day"])
        let id = try fields.text("counter", charactersMax: 16)
        guard id.utf8.allSatisfy({ $0.isDigit || $0.isCapital }) else {
            throw fields.problem("counter", "write it in digits and capital letters, such as Q01")
        }
        return Counter(
            agency: try identifier("agency", fields), id: id,
            name: try fields.text("name", charactersMax: 200), days: try days(fields))
    }

    private static func official(_ fields: CatalogueFields) throws(LineProblem) -> Official {
        try fields.check(required: ["kind", "official", "full_name", "posts"])
        let principal = try fields.text("official", charactersMax: 128)
        guard principal.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != 0x3A }) else {
            throw fields.problem(
                "official", "write the name that tokens carry, such as nguyen.van.an")
        }
        var posts: [Post] = []
        for post in try fields.objects("posts", countMin: 1) {
            try post.check(required: ["agency", "role", "title", "from"], optional: ["last_day"])
            posts.append(
                Post(
                    agency: try identifier("agency", post),
                    role: try post.word("role", among: PostRole.allCases.map { ($0.word, $0) }),
                    title: try post.text("title", charactersMax: 200), official: principal,
                    days: try days(post)))
        }
        return Official(
            principal: principal, fullName: try fields.text("full_name", charactersMax: 200),
            posts: posts)
    }

    private static func identifier(
        _ name: String, _ fields: CatalogueFields
    ) throws(LineProblem) -> String {
        let text = try fields.text(name, charactersMax: 200)
        guard AgencyIdentifier.isWellFormed(text) else {
            throw fields.problem(name, "\"\(LineProblem.shown(text))\" \(AgencyIdentifier.rule)")
        }
        return text
    }

    private static func days(_ fields: CatalogueFields) throws(LineProblem) -> DayRange {
        let from = try fields.day("from")
        guard !fields.isNull("last_day") else { return DayRange(from: from, lastDay: nil) }
        let last = try fields.day("last_day")
        guard from <= last else { throw fields.problem("last_day", "comes before \(from)") }
        return DayRange(from: from, lastDay: last)
    }
}

extension AgencyIdentifier {
    static let rule =
        "is no identifier: at most \(charactersMax) digits, capital letters and dots, beginning or "
        + "ending with level 1, such as H26.001.00"
}

extension UInt8 {
    fileprivate var isDigit: Bool { (0x30...0x39).contains(self) }
    fileprivate var isCapital: Bool { (0x41...0x5A).contains(self) }
}
