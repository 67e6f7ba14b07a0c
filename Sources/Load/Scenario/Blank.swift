/// Where the text of a blank comes from.
enum Blank: Sendable, Hashable {
    /// A random UUID.
    case uuid
    /// The number of the call in this run, from 1.
    case sequence
    /// The run's name, which no other run has.
    case run
    /// The time of day as RFC 3339.
    case now
    /// A whole number.
    case random(ClosedRange<Int>)
    /// One of several words.
    case pick([String])
    /// A value of a row drawn from a pool; the same row for all blanks of one call.
    case drawn(pool: String, value: String)
    /// What an earlier call of the same flow took.
    case taken(String)

    /// - Throws: a sentence on what there is.
    init(_ text: String) throws(ScenarioError) {
        switch text {
        case "uuid": self = .uuid
        case "sequence": self = .sequence
        case "run": self = .run
        case "now": self = .now
        default: self = try Blank(naming: text)
        }
    }

    private init(naming text: String) throws(ScenarioError) {
        if text.hasPrefix("random:") {
            let bounds = text.dropFirst("random:".count).split(separator: ":").compactMap {
                Int($0)
            }
            guard bounds.count == 2, bounds[0] <= bounds[1] else {
                throw ScenarioError(
                    "${\(text)}: write two whole numbers, such as ${random:1:100}")
            }
            self = .random(bounds[0]...bounds[1])
        } else if text.hasPrefix("pick:") {
            let words = text.dropFirst("pick:".count).split(separator: "|").map(String.init)
            guard !words.isEmpty else {
                throw ScenarioError("${\(text)}: write words, such as ${pick:red|green}")
            }
            self = .pick(words)
        } else if let point = text.firstIndex(of: ".") {
            self = .drawn(
                pool: String(text[..<point]), value: String(text[text.index(after: point)...]))
        } else {
            self = .taken(text)
        }
    }
}
