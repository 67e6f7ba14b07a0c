import ArgumentParser
import Foundation
import MotCuaClient
import Operations

/// Durable submissions through the gateway, beside a bare SQL loop that writes the same rows.
@main
struct IntakeBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "intake-benchmark",
        abstract:
            "Dossiers/s submitted through the gateway of a running system, and the storage floor of the same rows."
    )

    @Option(help: "The data directory of a running system with the sample catalogue.")
    var data: String

    @Option(help: "A file with a token of an official.")
    var tokenFile: String

    @Option(help: "Callers, each with a connection of his own.")
    var callers = 64

    @Option(help: "Seconds a run.")
    var seconds = 3.0

    @Option(help: "Runs; the medians are printed.")
    var runs = 5

    func run() async throws {
        let layout = try Layout.running(data: data)
        let database = layout.data(of: .records) + "/records.sqlite"
        var through: [Double] = []
        var floor: [Double] = []
        for run in 1...runs {
            let dossiers = try await submit(socket: layout.socket(of: .gateway), run: run)
            through.append(Double(dossiers) / seconds)
            floor.append(
                try StorageFloor(copying: database, dossiersMax: dossiers).dossiersPerSecond(
                    grouping: callers))
        }
        print("durable intake, \(callers) callers, \(runs) runs of \(seconds) s, medians")
        print(String(format: "  through the gateway: %8.0f dossiers/s", median(through)))
        print(
            String(
                format: "  storage floor:       %8.0f dossiers/s, \(callers) a transaction",
                median(floor)))
        let ratio = median(zip(through, floor).map(/))
        print(String(format: "  ratio:               %8.2f", ratio))
        print("{\"dossiers_per_second\": \(median(through)), \"ratio\": \(ratio)}")
    }

    private func submit(socket: String, run: Int) async throws -> Int {
        let end = ContinuousClock.now + .seconds(seconds)
        let token = try String(contentsOfFile: tokenFile, encoding: .utf8)
            .trimmingCharacters(in: .whitespacesAndNewlines)
        let options = CallOptions(metadata: ["authorization": "Bearer \(token)"])
        let name = UUID().uuidString.prefix(8)
        return try await withThrowingTaskGroup(of: Int.self) { group in
            for caller in 0..<callers {
                group.addTask {
                    let channel = try UnixSocketChannel(path: socket)
                    let dossiers = RecordsV1.DossiersClient(channel)
                    var number = 0
                    while ContinuousClock.now < end {
                        number += 1
                        var request = RecordsV1.SubmitDossierRequest()
                        request.requestID = "bench-\(name)-\(run)-\(caller)-\(number)"
                        request.procedureID = "1708"
                        request.receivingUnit = "H26.001.00"
                        request.channel = .direct
                        var applicant = RecordsV1.Applicant()
                        applicant.fullName = "Người Nộp Hồ Sơ \(caller)"
                        applicant.phone = "0912345678"
                        request.applicant = applicant
                        _ = try await dossiers.submitDossier(request, options: options)
                    }
                    await channel.close()
                    return number
                }
            }
            return try await group.reduce(0, +)
        }
    }
}

func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
