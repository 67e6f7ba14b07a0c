import Messages

/// A load as data: what happens before the clock starts, and which calls are made how often.
package struct Scenario: Sendable {
    /// Whose name a call is made in.
    package enum Caller: String, Sendable, CaseIterable {
        /// The peer's own uid.
        case user
        /// The token's official.
        case official
    }

    /// One method and what is sent to it.
    package struct Call: Sendable {
        package enum Request: Sendable {
            /// JSON with blanks.
            case json(JSONValue)
            /// Serialized, for a method that this system does not know.
            case bytes([UInt8])
        }

        package var name: String
        /// `SERVICE/METHOD`.
        package var method: String
        package var request: Request
        package var caller: Caller = .user
        /// What is taken from the answer: a name, and the path of a field.
        package var takes: [Take] = []
        /// Sent again while the answer is NOT_FOUND or FAILED_PRECONDITION: facts travel from service to
        /// service on their own.
        package var untilOK = false

        package init(name: String, method: String, request: Request) {
            self.name = name
            self.method = method
            self.request = request
        }
    }

    package struct Take: Sendable, Hashable {
        package var name: String
        package var path: String

        package init(name: String, path: String) {
            self.name = name
            self.path = path
        }
    }

    /// Calls one after the other, each of which may use what earlier ones took; done several times.
    package struct Flow: Sendable {
        package var times: Int
        /// How many run side by side.
        package var atOnce: Int
        package var calls: [Call]
        /// Where what was taken becomes a row.
        package var pool: String?
    }

    package struct Step: Sendable {
        /// How often it is drawn, beside the other steps' weights.
        package var weight: Int
        package var call: Call
        /// Where what was taken becomes a row.
        package var pool: String?

        package init(weight: Int, call: Call, pool: String? = nil) {
            self.weight = weight
            self.call = call
            self.pool = pool
        }
    }

    package var name: String
    /// A sentence or two for people.
    package var about: String
    package var flows: [Flow]
    package var steps: [Step]

    package init(name: String, about: String, flows: [Flow] = [], steps: [Step]) {
        self.name = name
        self.about = about
        self.flows = flows
        self.steps = steps
    }

    /// One method, again and again.
    package init(calling method: String, _ request: Call.Request, as caller: Caller) {
        let name = method.split(separator: "/").last.map(String.init) ?? method
        var call = Call(name: name, method: method, request: request)
        call.caller = caller
        self.init(name: name, about: "", steps: [Step(weight: 1, call: call)])
    }
}

/// Why a scenario cannot be used, with the place in it.
package struct ScenarioError: Error, Hashable, Sendable {
    package var message: String

    package init(_ message: String) { self.message = message }
}
