import Foundation
import WorkingTime

/// Writes an organisation as the lines that ``OrganisationReader`` reads, in an order in which they
/// can be read in parts: agencies from the root down, then counters, then officials.
package enum OrganisationLines {
    /// Each ends with a line feed.
    package static func lines(of organisation: Organisation) throws -> [[UInt8]] {
        let agencies = organisation.agencies.values
            .flatMap { agency in
                agency.periods.map { AgencyFields(agency, $0) }
            }
            .sorted { $0.order < $1.order }
        let counters = organisation.counters.values.joined()
            .sorted { ($0.agency, $0.id) < ($1.agency, $1.id) }
            .map(CounterFields.init)
        let officials = organisation.officials.values.sorted { $0.principal < $1.principal }
            .map(OfficialFields.init)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        func line(_ fields: some Encodable) throws -> [UInt8] {
            [UInt8](try encoder.encode(fields)) + [0x0A]
        }
        return try agencies.map(line) + counters.map(line) + officials.map(line)
    }

    private struct AgencyFields: Encodable {
        var kind = "agency"
        var agency: String
        var name: String
        var level: String
        var parent: String?
        var takesDossiers: Bool
        var from: String
        var lastDay: String?
        var successor: String?
        let order: (Int, String, String)

        init(_ agency: Agency, _ period: AgencyPeriod) {
            self.agency = agency.id
            name = period.name
            level = period.level.word
            parent = period.parent.isEmpty ? nil : period.parent
            takesDossiers = period.takesDossiers
            from = period.days.from.description
            lastDay = period.days.lastDay?.description
            let isLast = period == agency.periods.last
            successor = isLast && !agency.successor.isEmpty ? agency.successor : nil
            order = (period.level.depth, agency.id, from)
        }

        enum CodingKeys: String, CodingKey {
            case kind, agency, name, level, parent, from, successor
            case takesDossiers = "takes_dossiers"
            case lastDay = "last_day"
        }
    }

    private struct CounterFields: Encodable {
        var kind = "counter"
        var agency: String
        var counter: String
        var name: String
        var from: String
        var lastDay: String?

        init(_ counter: Counter) {
            agency = counter.agency
            self.counter = counter.id
            name = counter.name
            from = counter.days.from.description
            lastDay = counter.days.lastDay?.description
        }

        enum CodingKeys: String, CodingKey {
            case kind, agency, counter, name, from
            case lastDay = "last_day"
        }
    }

    private struct OfficialFields: Encodable {
        var kind = "official"
        var official: String
        var fullName: String
        var posts: [PostFields]

        init(_ official: Official) {
            self.official = official.principal
            fullName = official.fullName
            posts = official.posts.map(PostFields.init)
        }

        enum CodingKeys: String, CodingKey {
            case kind, official, posts
            case fullName = "full_name"
        }
    }

    private struct PostFields: Encodable {
        var agency: String
        var role: String
        var title: String
        var from: String
        var lastDay: String?

        init(_ post: Post) {
            agency = post.agency
            role = post.role.word
            title = post.title
            from = post.days.from.description
            lastDay = post.days.lastDay?.description
        }

        enum CodingKeys: String, CodingKey {
            case agency, role, title, from
            case lastDay = "last_day"
        }
    }
}
