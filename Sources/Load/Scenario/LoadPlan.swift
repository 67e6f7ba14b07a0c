import Messages
import RPC

/// A scenario whose methods, requests, paths and pools were all found: what can be run.
package struct LoadPlan: Sendable {
    package struct Call: Sendable {
        package var name: String
        package var method: Method
        package var caller: Scenario.Caller
        package var untilOK: Bool
        var template: MessageTemplate?
        /// Sent as they are where there is no template.
        var bytes: [UInt8]
        /// In the order of the template's blanks.
        var blanks: [Blank]
        var takes: [(name: String, reader: FieldReader)]
    }

    struct Flow: Sendable {
        var times: Int
        var atOnce: Int
        var calls: [Call]
        var pool: String?
    }

    struct Step: Sendable {
        var weight: Int
        var call: Call
        var pool: String?
    }

    package let name: String
    let flows: [Flow]
    let steps: [Step]

    /// - Parameter times: How often the flows that are done more than once are to be done instead.
    /// - Throws: with the place in the scenario and how to put it right.
    package init(
        _ scenario: Scenario, times: Int? = nil, registry: MessageRegistry = .product
    ) throws(ScenarioError) {
        name = scenario.name
        var columns: [String: [String]] = [:]
        var flows: [Flow] = []
        for flow in scenario.flows {
            var taken: [String] = []
            var calls: [Call] = []
            for call in flow.calls {
                let compiled = try Self.compile(call, taken: taken, columns, registry)
                taken += compiled.takes.map(\.name)
                calls.append(compiled)
            }
            if let pool = flow.pool { columns[pool] = taken }
            let isRepeated = flow.times > 1
            flows.append(
                Flow(
                    times: isRepeated ? times ?? flow.times : 1, atOnce: flow.atOnce, calls: calls,
                    pool: flow.pool))
        }
        self.flows = flows
        steps = try scenario.steps.map { (step) throws(ScenarioError) in
            let call = try Self.compile(step.call, taken: [], columns, registry)
            guard call.method.kind == .unary, !call.untilOK else {
                throw ScenarioError("\(call.name): a step calls a unary method, once")
            }
            if let pool = step.pool {
                guard let known = columns[pool] else {
                    throw ScenarioError(
                        "\(call.name): no \"prepare\" fills the pool \(pool); it would begin empty")
                }
                guard Set(known) == Set(call.takes.map(\.name)) else {
                    throw ScenarioError(
                        "\(call.name): a row of the pool \(pool) is \(known.joined(separator: ", "))"
                    )
                }
            }
            return Step(weight: step.weight, call: call, pool: step.pool)
        }
    }

    /// Whether a call is made in an official's name.
    package var needsOfficial: Bool {
        (flows.flatMap(\.calls) + steps.map(\.call)).contains { $0.caller == .official }
    }

    private static func compile(
        _ call: Scenario.Call, taken: [String], _ columns: [String: [String]],
        _ registry: MessageRegistry
    ) throws(ScenarioError) -> Call {
        let parts = call.method.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }) else {
            throw ScenarioError("\(call.method) is no SERVICE/METHOD")
        }
        guard let known = registry.call(path: call.method) else {
            guard case .bytes(let bytes) = call.request, call.takes.isEmpty else {
                throw ScenarioError(
                    "there is no method \(call.method); `motcua describe` lists what there is, and "
                        + "a \"request_base64\" may be sent to any other")
            }
            return Call(
                name: call.name, method: Method(service: String(parts[0]), name: String(parts[1])),
                caller: call.caller, untilOK: call.untilOK, template: nil, bytes: bytes,
                blanks: [], takes: [])
        }
        guard known.method.kind == .unary else {
            throw ScenarioError("\(call.name): \(call.method) is not unary")
        }
        do throws(MessageError) {
            var compiled = Call(
                name: call.name, method: known.method, caller: call.caller, untilOK: call.untilOK,
                template: nil, bytes: [], blanks: [], takes: [])
            switch call.request {
            case .bytes(let bytes): compiled.bytes = bytes
            case .json(let value):
                compiled.template = try MessageTemplate(
                    value, as: known.request, registry: registry)
            }
            compiled.takes = try call.takes.map { (take) throws(MessageError) in
                (take.name, try FieldReader(take.path, of: known.response, registry: registry))
            }
            compiled.blanks = try blanks(of: compiled, taken: taken, columns)
            return compiled
        } catch {
            throw ScenarioError("\(call.name): \(error.message)")
        }
    }

    private static func blanks(
        of call: Call, taken: [String], _ columns: [String: [String]]
    ) throws(MessageError) -> [Blank] {
        try (call.template?.blanks ?? []).map { (name) throws(MessageError) in
            let blank: Blank
            do throws(ScenarioError) {
                blank = try Blank(name)
            } catch {
                throw MessageError(.malformed, message: error.message)
            }
            switch blank {
            case .drawn(let pool, let value):
                guard let known = columns[pool] else {
                    throw MessageError(
                        .malformed, message: "${\(name)}: no \"prepare\" fills the pool \(pool)")
                }
                guard known.contains(value) else {
                    throw MessageError(
                        .malformed,
                        message:
                            "${\(name)}: a row of \(pool) has \(known.joined(separator: ", "))")
                }
            case .taken(let value):
                guard taken.contains(value) else {
                    throw MessageError(
                        .malformed,
                        message:
                            "${\(name)}: blanks are uuid, sequence, run, now, random:1:100, pick:a|b, "
                            + "POOL.VALUE, and what an earlier call of the same flow took")
                }
            case .uuid, .sequence, .run, .now, .random, .pick: break
            }
            return blank
        }
    }
}
