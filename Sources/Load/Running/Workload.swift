import Foundation
import Messages
import RPC

/// What a run draws its calls from: the steps by their weights, the pools and the random numbers.
struct Workload: Sendable {
    /// Rows that a pool keeps. One beyond replaces a row at random, so that a long run stays in memory.
    static let poolRowsMax = 100_000

    private struct Pool {
        var columns: [String] = []
        var rows: [[String]] = []

        /// - Parameter index: Of the row to replace in a full pool.
        mutating func add(_ taken: [String: String], or index: Int) {
            let row = columns.map { taken[$0] ?? "" }
            if rows.count < Workload.poolRowsMax { rows.append(row) } else { rows[index] = row }
        }
    }

    private let run: String
    private var random: SplitMix64
    private var sequence = 0
    private var pools: [String: Pool] = [:]
    private let steps: [LoadPlan.Step]
    private let weights: Int

    /// - Parameter run: A name that no other run has: request ids are made of it.
    init(_ plan: LoadPlan, run: String, seed: UInt64) {
        self.run = run
        random = SplitMix64(seed: seed)
        steps = plan.steps
        weights = plan.steps.reduce(0) { $0 + $1.weight }
    }

    /// - Returns: The index of a step.
    mutating func draw() -> Int {
        if steps.count == 1 { return 0 }
        var point = Int.random(in: 0..<weights, using: &random)
        for (index, step) in steps.enumerated() {
            point -= step.weight
            if point < 0 { return index }
        }
        preconditionFailure("the weights add up")
    }

    /// - Parameter taken: What the flow has taken so far.
    /// - Throws: when what fills a blank does not fit its field.
    mutating func request(
        for call: LoadPlan.Call, taken: [String: String] = [:]
    ) throws(MessageError) -> RawMessage {
        sequence += 1
        guard let template = call.template else { return RawMessage(bytes: call.bytes) }
        var values: [String] = []
        values.reserveCapacity(call.blanks.count)
        var rows: [String: Int] = [:]
        for blank in call.blanks { values.append(text(of: blank, &rows, taken)) }
        return RawMessage(bytes: try template.serialized(filling: values))
    }

    private mutating func text(
        of blank: Blank, _ rows: inout [String: Int], _ taken: [String: String]
    ) -> String {
        switch blank {
        case .uuid: return UUID().uuidString.lowercased()
        case .sequence: return String(sequence)
        case .run: return run
        case .now: return Date().ISO8601Format()
        case .random(let range): return String(Int.random(in: range, using: &random))
        case .pick(let words): return words[Int.random(in: words.indices, using: &random)]
        case .taken(let name): return taken[name] ?? ""
        case .drawn(let name, let value):
            guard let pool = pools[name], !pool.rows.isEmpty,
                let column = pool.columns.firstIndex(of: value)
            else { return "" }
            let row = rows[name] ?? Int.random(in: pool.rows.indices, using: &random)
            rows[name] = row
            return pool.rows[row][column]
        }
    }

    /// Makes a row of what was taken.
    mutating func add(_ taken: [String: String], to name: String) {
        // In place: a copy of the rows for each one added would be the run's dearest work.
        let random = Int.random(in: 0..<Self.poolRowsMax, using: &random)
        pools[name, default: Pool(columns: taken.keys.sorted())].add(taken, or: random)
    }

    func rowCount(of pool: String) -> Int { pools[pool]?.rows.count ?? 0 }
}

extension LoadPlan.Call {
    /// What the call takes out of an answer.
    func taken(from response: RawMessage) throws(MessageError) -> [String: String] {
        var taken: [String: String] = [:]
        for take in takes { taken[take.name] = try take.reader.text(in: response.bytes) }
        return taken
    }
}
