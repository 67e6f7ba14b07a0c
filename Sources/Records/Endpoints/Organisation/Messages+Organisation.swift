import Foundation
import Messages
import RPC
import WorkingTime

extension AgencyLevel {
    /// The raw values are the numbers of the `.proto`.
    init?(_ message: RecordsV1.AgencyLevel) { self.init(rawValue: Int(message.rawValue)) }

    var message: RecordsV1.AgencyLevel { .init(rawValue: Int32(rawValue)) }
}

extension PostRole {
    init?(_ message: RecordsV1.PostRole) { self.init(rawValue: Int(message.rawValue)) }

    var message: RecordsV1.PostRole { .init(rawValue: Int32(rawValue)) }
}

extension RecordsV1.Agency {
    /// - Returns: `nil` when it was not in force on the day.
    init?(_ id: String, on day: CivilDate, in organisation: Organisation) {
        guard let period = organisation.agency(id, on: day) else { return nil }
        self.init()
        agency = id
        name = period.name
        level = period.level.message
        parent = period.parent
        takesDossiers = period.takesDossiers
        from = period.days.from.description
        lastDay = period.days.lastDay?.description ?? ""
        if period == organisation.agencies[id]?.periods.last {
            successor = organisation.agencies[id]?.successor ?? ""
        }
        path = organisation.path(of: id, on: day)
    }
}

extension RecordsV1.Dossier {
    /// Puts in the receiving unit's name as of the day of submission, and who answers for it now.
    /// Not part of a remembered reply: a request sent again is told as things are then.
    mutating func nameUnits(by organisation: Organisation, at now: Instant) {
        guard let submitDay = submitTime?.instant?.local(in: .vietnam).date else { return }
        receivingUnitName = organisation.agency(receivingUnit, on: submitDay)?.name ?? ""
        let today = now.local(in: .vietnam).date
        answeringUnit = organisation.answering(for: receivingUnit, on: today) ?? ""
        answeringUnitName = organisation.agency(answeringUnit, on: today)?.name ?? ""
    }
}

extension RecordsV1.Counter {
    init(_ counter: Counter) {
        self.init()
        agency = counter.agency
        self.counter = counter.id
        name = counter.name
        from = counter.days.from.description
        lastDay = counter.days.lastDay?.description ?? ""
    }
}

extension RecordsV1.Post {
    init(_ post: Post, in organisation: Organisation) {
        self.init()
        agency = post.agency
        role = post.role.message
        title = post.title
        official = post.official
        fullName = organisation.officials[post.official]?.fullName ?? ""
        from = post.days.from.description
        lastDay = post.days.lastDay?.description ?? ""
    }
}

extension RecordsV1.AgencyHandOver {
    init(_ handOver: Reorganisation.HandOver, openDossiers: Int64) {
        self.init()
        agency = handOver.agency
        successor = handOver.successor
        self.openDossiers = openDossiers
        posts = Int32(handOver.posts)
        counters = Int32(handOver.counters)
    }
}

extension Reorganisation {
    /// Agencies in one request.
    static let itemsMax = 1_000

    /// - Throws: INVALID_ARGUMENT with every field that cannot be read.
    init(_ message: RecordsV1.ReorganiseAgenciesRequest) throws(Status) {
        var check = FieldCheck()
        let day = check.day(message.effectiveDay, "effective_day", today: nil)
        let closings = message.closings
        let openings = message.openings
        if closings.isEmpty, openings.isEmpty {
            check.add(FieldViolation("openings", .required, "close or open at least one agency"))
        }
        if closings.count + openings.count > Self.itemsMax {
            check.add(
                FieldViolation(
                    "openings", .tooLong, "close and open at most \(Self.itemsMax) agencies at once"
                ))
            try check.finish()
        }
        for (index, closing) in closings.enumerated() {
            check.agency(closing.agency, "closings[\(index)].agency")
            check.agency(closing.successor, "closings[\(index)].successor")
        }
        var opened: [Opening] = []
        for (index, opening) in openings.enumerated() {
            let field = "openings[\(index)]"
            check.agency(opening.agency, "\(field).agency")
            check.name(opening.name, "\(field).name")
            let level = AgencyLevel(opening.level)
            if level == nil {
                let isMissing = opening.level == .unspecified
                check.add(
                    FieldViolation(
                        "\(field).level", isMissing ? .required : .unknown,
                        "choose one of "
                            + AgencyLevel.allCases.compactMap(\.message.protoName)
                            .joined(separator: ", ")))
            }
            if level == .city, !opening.parent.isEmpty {
                check.add(
                    FieldViolation(
                        "\(field).parent", .wrongLevel, "a city stands below nothing: leave it out")
                )
            } else if !opening.parent.isEmpty {
                check.agency(opening.parent, "\(field).parent")
            }
            opened.append(
                Opening(
                    agency: opening.agency,
                    name: opening.name.precomposedStringWithCanonicalMapping,
                    level: level ?? .city, parent: opening.parent,
                    takesDossiers: opening.takesDossiers))
        }
        try check.finish()
        self.init(
            day: day,
            closings: closings.map { Closing(agency: $0.agency, successor: $0.successor) },
            openings: opened)
    }
}

extension FieldCheck {
    /// An identifier that has to be there.
    mutating func agency(_ text: String, _ field: String) {
        if text.isEmpty {
            add(FieldViolation(field, .required, "name the agency by its identifier"))
        } else if !AgencyIdentifier.isWellFormed(text) {
            add(
                FieldViolation(
                    field, text.utf8.count > AgencyIdentifier.charactersMax ? .tooLong : .malformed,
                    AgencyIdentifier.rule))
        }
    }

    /// A day written yyyy-MM-dd.
    ///
    /// - Parameter today: What an empty text means; `nil` where a day has to be there.
    /// - Returns: Any day when the text names none: ``finish()`` throws then.
    mutating func day(_ text: String, _ field: String, today: CivilDate?) -> CivilDate {
        if text.isEmpty, today == nil {
            add(FieldViolation(field, .required, "name a day, such as 2026-07-01"))
        }
        return day(text, field) ?? today ?? CivilDate(daysSinceEpoch: 0)
    }
}
