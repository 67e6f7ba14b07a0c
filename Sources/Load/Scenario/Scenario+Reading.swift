import Messages
import RPC

extension Scenario {
    static let timesMax = 1_000_000
    static let atOnceMax = 1_000
    static let weightMax = 1_000_000

    /// Reads a scenario's JSON; what it does not know is refused, for a misspelt key would change the load
    /// unseen.
    package init(name: String, text: String) throws(ScenarioError) {
        let value: JSONValue
        do throws(MessageError) {
            value = try JSONParser.parse(text)
        } catch {
            throw ScenarioError(error.message)
        }
        var fields = try Fields(value, at: "scenario")
        self.init(
            name: name, about: try fields.text("about") ?? "",
            flows: try fields.list("prepare").map { (value, path) throws(ScenarioError) in
                try Flow(value, at: path)
            },
            steps: try fields.list("steps").map { (value, path) throws(ScenarioError) in
                try Step(value, at: path)
            })
        try fields.finish()
        if steps.isEmpty { throw ScenarioError("steps: name one call at least") }
        let names = steps.map(\.call.name)
        if let twice = names.first(where: { name in names.count { $0 == name } > 1 }) {
            throw ScenarioError("steps: two are called \(twice); give one another \"name\"")
        }
    }
}

extension Scenario.Flow {
    fileprivate init(_ value: JSONValue, at path: String) throws(ScenarioError) {
        var fields = try Fields(value, at: path)
        times = try fields.number("times", 1...Scenario.timesMax) ?? 1
        atOnce = try fields.number("at_once", 1...Scenario.atOnceMax) ?? 1
        pool = try fields.text("pool")
        calls = try fields.list("calls").map { (value, path) throws(ScenarioError) in
            var fields = try Fields(value, at: path)
            var call = try Scenario.Call(&fields)
            call.untilOK = try fields.flag("until_ok")
            try fields.finish()
            return call
        }
        try fields.finish()
    }
}

extension Scenario.Step {
    fileprivate init(_ value: JSONValue, at path: String) throws(ScenarioError) {
        var fields = try Fields(value, at: path)
        weight = try fields.number("weight", 1...Scenario.weightMax) ?? 1
        pool = try fields.text("pool")
        call = try Scenario.Call(&fields)
        try fields.finish()
    }
}

extension Scenario.Call {
    fileprivate init(_ fields: inout Fields) throws(ScenarioError) {
        guard let method = try fields.text("method") else {
            throw ScenarioError("\(fields.path).method: name a SERVICE/METHOD")
        }
        let short = method.split(separator: "/").last.map(String.init) ?? method
        let name = try fields.text("name") ?? short
        let request: Request
        if let encoded = try fields.text("request_base64") {
            guard let bytes = Scenario.bytes(base64: encoded) else {
                throw ScenarioError("\(fields.path).request_base64 must be in base64")
            }
            request = .bytes(bytes)
        } else {
            request = .json(try Scenario.expanded(fields.take("request") ?? .object([])))
        }
        self.init(name: name, method: method, request: request)
        if let caller = try fields.text("as") {
            guard let known = Scenario.Caller(rawValue: caller) else {
                throw ScenarioError("\(fields.path).as must be \"user\" or \"official\"")
            }
            self.caller = known
        }
        if let value = fields.take("take") {
            guard case .object(let members) = value else {
                throw ScenarioError("\(fields.path).take must be an object of names and paths")
            }
            takes = try members.map { (member) throws(ScenarioError) in
                guard case .string(let path) = member.value else {
                    throw ScenarioError(
                        "\(fields.path).take.\(member.key) must be the path of a field")
                }
                return Scenario.Take(name: member.key, path: path)
            }
        }
    }
}

extension Scenario {
    static func bytes(base64: String) -> [UInt8]? { Base64.decode(base64) }

    /// Puts bytes where a request shows text: `{"$text": "…"}` are a text's bytes, `{"$lines": […]}` those of
    /// one JSON value a line.
    private static func expanded(_ value: JSONValue) throws(ScenarioError) -> JSONValue {
        switch value {
        case .object(let members):
            if members.count == 1, members[0].key == "$text" {
                guard case .string(let text) = members[0].value else {
                    throw ScenarioError("$text must be a string")
                }
                return .string(Base64.encode(Array(text.utf8)))
            }
            if members.count == 1, members[0].key == "$lines" {
                guard case .array(let lines) = members[0].value else {
                    throw ScenarioError("$lines must be an array")
                }
                let text = lines.map { $0.text() + "\n" }.joined()
                return .string(Base64.encode(Array(text.utf8)))
            }
            return .object(
                try members.map { (member) throws(ScenarioError) in
                    .init(key: member.key, value: try expanded(member.value))
                })
        case .array(let values):
            return .array(
                try values.map { (value) throws(ScenarioError) in try expanded(value) })
        case .null, .bool, .number, .string: return value
        }
    }
}

/// The members of an object, each taken once.
private struct Fields {
    let path: String
    private var members: [JSONValue.Member]

    init(_ value: JSONValue, at path: String) throws(ScenarioError) {
        guard case .object(let members) = value else {
            throw ScenarioError("\(path) must be an object, not \(value.kind)")
        }
        self.path = path
        self.members = members
    }

    mutating func take(_ key: String) -> JSONValue? {
        guard let index = members.firstIndex(where: { $0.key == key }) else { return nil }
        return members.remove(at: index).value
    }

    mutating func text(_ key: String) throws(ScenarioError) -> String? {
        switch take(key) {
        case nil: return nil
        case .string(let text): return text
        case let other?: throw ScenarioError("\(path).\(key) must be a string, not \(other.kind)")
        }
    }

    mutating func number(
        _ key: String, _ range: ClosedRange<Int>
    ) throws(ScenarioError) -> Int? {
        guard let value = take(key) else { return nil }
        guard case .number(let text) = value, let number = Int(text), range.contains(number) else {
            throw ScenarioError(
                "\(path).\(key) must be a whole number from \(range.lowerBound) to \(range.upperBound)"
            )
        }
        return number
    }

    mutating func flag(_ key: String) throws(ScenarioError) -> Bool {
        switch take(key) {
        case nil: return false
        case .bool(let isOn): return isOn
        default: throw ScenarioError("\(path).\(key) must be true or false")
        }
    }

    mutating func list(
        _ key: String
    ) throws(ScenarioError) -> [(value: JSONValue, path: String)] {
        guard let value = take(key) else { return [] }
        guard case .array(let values) = value else {
            throw ScenarioError("\(key) must be an array, not \(value.kind)")
        }
        return values.enumerated().map { ($1, "\(key)[\($0)]") }
    }

    func finish() throws(ScenarioError) {
        guard let unknown = members.first else { return }
        throw ScenarioError("\(path).\(unknown.key): there is no such key")
    }
}
