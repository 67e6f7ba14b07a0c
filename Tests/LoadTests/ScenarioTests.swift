import Load
import Messages
import RPC
import Testing

@Suite struct ScenarioTests {
    @Test(arguments: Scenario.builtInTexts.map(\.name))
    func aBuiltInScenarioCanBeRun(_ name: String) throws {
        let text = try #require(Scenario.builtInTexts.first { $0.name == name }?.text)
        let plan = try LoadPlan(try Scenario(name: name, text: text))
        #expect(plan.name == name)
        #expect(plan.needsOfficial == (name != "echo"))
    }

    @Test func everyCallOfABuiltInScenarioMayBeSentAgain() throws {
        for (name, text) in Scenario.builtInTexts {
            let scenario = try Scenario(name: name, text: text)
            for call in scenario.steps.map(\.call) + scenario.flows.flatMap(\.calls) {
                let method = try #require(MessageRegistry.product.call(path: call.method)).method
                #expect(method.isRead || method.hasRequestID, "\(name): \(call.method)")
            }
        }
    }

    /// What a scenario says, and what its refusal must name.
    static let refused = [
        ("[]", "scenario must be an object"), ("{", "JSON, line 1"), ("{}", "steps"),
        (#"{"steps": [{}]}"#, "steps[0].method"),
        (#"{"steps": [{"method": "x"}]}"#, "SERVICE/METHOD"),
        (#"{"steps": [{"method": "a.B/C"}]}"#, "there is no method a.B/C"),
        (step(#""weight": 0"#), "steps[0].weight must be a whole number from 1"),
        (step(#""weight": 1.5"#), "steps[0].weight"), (step(#""wieght": 2"#), "steps[0].wieght"),
        (step(#""as": "root""#), "steps[0].as"), (step(#""request": {"servic": "x"}"#), "servic"),
        (step(#""request": {"service": 7}"#), "service must be a string"),
        (step(#""request": {"service": "${x}"}"#), "${x}"),
        (step(#""request": {"service": "${x.y}"}"#), "no \"prepare\" fills the pool x"),
        (step(#""request": {"service": "${random:9:1}"}"#), "two whole numbers"),
        (step(#""request": {"service": "${pick:}"}"#), "write words"),
        (step(#""request": {"service": {"$text": 7}}"#), "$text must be a string"),
        (step(#""take": {"x": "nothing"}"#), "there is no field nothing"),
        (step(#""pool": "p", "take": {"x": "status"}"#), "no \"prepare\" fills the pool p"),
        (#"{"steps": [{"method": "grpc.health.v1.Health/Watch"}]}"#, "is not unary"),
        (
            #"{"steps": [{"method": "grpc.health.v1.Health/Check"}, {"method": "grpc.health.v1.Health/Check"}]}"#,
            "two are called Check"
        ),
        (
            #"{"prepare": [{"pool": "p", "calls": [{"method": "grpc.health.v1.Health/Check"}]}], "#
                + #""steps": [{"method": "grpc.health.v1.Health/Check", "request": {"service": "${p.x}"}}]}"#,
            "a row of p has"
        ),
    ]

    private static func step(_ more: String) -> String {
        #"{"steps": [{"method": "grpc.health.v1.Health/Check", "# + more + "}]}"
    }

    @Test(arguments: refused)
    func aScenarioThatCannotBeRunIsRefusedByPlace(_ text: String, _ told: String) {
        let error = #expect(throws: ScenarioError.self) {
            _ = try LoadPlan(try Scenario(name: "x", text: text))
        }
        #expect(error?.message.contains(told) == true, "\(error?.message ?? "")")
    }

    @Test func aMethodThatTheSystemDoesNotKnowIsCalledWithBytes() throws {
        let plan = try LoadPlan(
            Scenario(
                name: "x",
                text: #"{"steps": [{"method": "other.Echo/Say", "request_base64": "AAE="}]}"#))
        #expect(plan.needsOfficial == false)
    }

    @Test func oneMethodAgainAndAgainIsAScenarioToo() throws {
        let scenario = Scenario(
            calling: "grpc.health.v1.Health/Check",
            .json(try JSONParser.parse(#"{"service": ""}"#)),
            as: .user)
        #expect(scenario.steps.map(\.call.name) == ["Check"])
        _ = try LoadPlan(scenario)
    }
}
