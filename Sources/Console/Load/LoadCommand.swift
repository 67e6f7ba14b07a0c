import ArgumentParser
import Foundation
import Load
import Messages
import RPC
import UnixSignals
import UnixSocket

struct LoadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "load",
        abstract: "Put load on the system and measure how it answers.",
        discussion: """
            motcua load --scenario track --rate 2000 --duration 30s
            motcua load --scenario mixed --concurrency 64 --output json
            motcua load --method motcua.records.v1.Procedures/SearchProcedures --request '{"query": "ho tich"}'

            With a rate, calls start when they are due, answered or not, and latency is counted from then: a stall is \
            in the figures of all whom it kept waiting. With --concurrency, so many callers each wait for their answer.

            Scenarios: \(Scenario.builtInTexts.map(\.name).joined(separator: ", ")), or a file; --show NAME prints \
            one to begin with. Those that hand in dossiers leave them there: mind where you point it. Calls in an \
            official's name use --token-file; left out, whoever runs the system gets a token for the run.

            Exits 1 if a bound (--fail-on-error, --p99-max) was not kept.
            """)

    enum Output: String, ExpressibleByArgument, CaseIterable { case table, json }

    @Option(help: "A scenario's name, or the path of a file (it has a / or ends in .json).")
    var scenario: String?

    @Option(help: "One method, SERVICE/METHOD, instead of a scenario.")
    var method: String?

    @Option(
        help: "Its request as JSON with blanks such as ${sequence}, or base64:BYTES as it is sent.")
    var request = "{}"

    @Flag(help: "Call --method in an official's name.")
    var asOfficial = false

    @Option(help: "Print a built-in scenario and end.")
    var show: String?

    @Option(
        help:
            "Calls to start each second, in an open loop (2000 when --concurrency is left out, too)."
    )
    var rate: Double?

    @Option(help: "How the open loop's calls are spaced: constant or poisson.")
    var arrivals = ArrivalSchedule.Spacing.constant

    @Option(help: "Callers, in a closed loop.")
    var concurrency: Int?

    @Option(help: "How long to measure, such as 30s or 5m.")
    var duration = TimeArgument(.seconds(10))

    @Option(help: "How long to go before, uncounted.")
    var warmUp = TimeArgument(.seconds(1))

    @Option(help: "The same seed draws the same steps and rows; random when left out.")
    var seed: UInt64?

    @Option(help: "Connections for the calls.")
    var connections = 4

    @Option(help: "Calls in flight of the open loop; arrivals beyond are dropped, and told.")
    var inFlightMax = LoadSettings.outstandingMaxDefault

    @Option(help: "Of one call, its retries included.")
    var timeout = TimeArgument(.seconds(30))

    @Option(help: "How many dossiers, bills, … the scenario prepares, instead of its own number.")
    var prepare: Int?

    @Option(help: "table or json.")
    var output = Output.table

    @Option(help: "Write an HdrHistogram log (format 1.3, encoding V2), a line a second and step.")
    var histogramLog: String?

    @Flag(help: "Exit 1 if a call failed or an arrival was dropped.")
    var failOnError = false

    @Option(help: "Exit 1 if over a hundredth of calls took longer or were dropped, such as 20ms.")
    var p99Max: TimeArgument?

    @OptionGroup var gateway: GatewayOptions

    func validate() throws {
        if rate != nil && concurrency != nil {
            throw ValidationError("Give --rate for an open loop or --concurrency for a closed one.")
        }
        if let rate, !(0.001...1_000_000).contains(rate) {
            throw ValidationError("--rate must be 0.001 to 1000000.")
        }
        if let concurrency, !(1...10_000).contains(concurrency) {
            throw ValidationError("--concurrency must be 1 to 10000.")
        }
        if scenario != nil && method != nil {
            throw ValidationError("Give --scenario or --method, not both.")
        }
        if !(1...1_000).contains(connections) {
            throw ValidationError("--connections must be 1 to 1000.")
        }
        if !(1...1_000_000).contains(inFlightMax) {
            throw ValidationError("--in-flight-max must be 1 to 1000000.")
        }
        if let prepare, !(1...1_000_000).contains(prepare) {
            throw ValidationError("--prepare must be 1 to 1000000.")
        }
    }

    func run() async throws {
        if let show { return try print(scenario: show) }
        let plan = try plan()
        var kept = true
        try await reportingStatus {
            do {
                let report = try await measure(plan)
                printNow(output == .json ? report.json.text(isIndented: true) : report.table)
                kept = holds(report)
            } catch let error as ScenarioError {
                printError(error.message)
                kept = false
            } catch is CancellationError {
                printError("Stopped before the load began.")
                kept = false
            }
        }
        if !kept { throw ExitCode(1) }
    }

    private func print(scenario name: String) throws {
        guard let found = Scenario.builtInTexts.first(where: { $0.name == name }) else {
            throw ValidationError("There is no scenario \(name).")
        }
        printNow(found.text.trimmingCharacters(in: .newlines))
    }

    private func plan() throws -> LoadPlan {
        do {
            return try LoadPlan(chosen(), times: prepare)
        } catch let error as ScenarioError {
            printError(error.message)
            throw ExitCode(1)
        }
    }

    private func chosen() throws -> Scenario {
        if let method {
            let body: Scenario.Call.Request
            if request.hasPrefix("base64:") {
                guard let bytes = Base64.decode(String(request.dropFirst("base64:".count))) else {
                    throw ScenarioError("--request is not in base64")
                }
                body = .bytes(bytes)
            } else {
                do throws(MessageError) {
                    body = .json(try JSONParser.parse(request))
                } catch {
                    throw ScenarioError("--request: \(error.message)")
                }
            }
            return Scenario(calling: method, body, as: asOfficial ? .official : .user)
        }
        let name = scenario ?? "echo"
        guard name.contains("/") || name.hasSuffix(".json") else {
            guard let found = Scenario.builtInTexts.first(where: { $0.name == name }) else {
                let names = Scenario.builtInTexts.map(\.name).joined(separator: ", ")
                throw ScenarioError("There is no scenario \(name); there are \(names), and files.")
            }
            return try Scenario(name: name, text: found.text)
        }
        guard let content = FileManager.default.contents(atPath: name),
            let text = String(bytes: content, encoding: .utf8)
        else { throw ScenarioError("Cannot read \(name).") }
        let title = URL(fileURLWithPath: name).deletingPathExtension().lastPathComponent
        return try Scenario(name: title, text: text)
    }

    private func holds(_ report: LoadReport) -> Bool {
        var holds = true
        if failOnError, report.total.failures.count + report.dropped > 0 {
            printError(
                "\(report.total.failures.count) calls failed, \(report.dropped) arrivals were dropped."
            )
            holds = false
        }
        // A dropped arrival waited longer than any call that was made.
        let calls = Double(report.total.calls)
        let percentile = calls > 0 ? 99 * (calls + Double(report.dropped)) / calls : .infinity
        let p99 = percentile <= 100 ? report.total.latency(at: percentile) : nil
        if let p99Max, p99.map({ $0 > p99Max.duration }) ?? true {
            printError(
                "p99 is \(p99.map(LoadReport.text) ?? "beyond every call that was made"), over "
                    + "\(LoadReport.text(p99Max.duration)).")
            holds = false
        }
        return holds
    }
}

extension ArrivalSchedule.Spacing: ExpressibleByArgument {}

/// A length of time: `250us`, `20ms`, `30s`, `5m`, `1h`, or seconds without a unit.
struct TimeArgument: ExpressibleByArgument {
    let duration: Duration

    init(_ duration: Duration) { self.duration = duration }

    init?(argument: String) {
        let units: [(String, Double)] = [
            ("us", 1e-6), ("ms", 1e-3), ("s", 1), ("m", 60), ("h", 3600),
        ]
        let unit = units.first { argument.hasSuffix($0.0) }
        guard let number = Double(argument.dropLast(unit?.0.utf8.count ?? 0)), number >= 0,
            number * (unit?.1 ?? 1) <= 86_400 * 7
        else { return nil }
        duration = .seconds(number * (unit?.1 ?? 1))
    }

    var defaultValueDescription: String { String(format: "%gs", duration / .seconds(1)) }
}
