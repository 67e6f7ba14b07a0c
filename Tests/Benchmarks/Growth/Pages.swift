import ArgumentParser
import Messages
import RPC

/// What a page of one's own queue costs the head of the city and an official of a ward.
struct Pages: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Asks for the first page of two queues in turn; prints p50 and p99 of each as JSON.")

    @Option(help: "The data directory of the running system.")
    var data: String

    @Option(help: "A file with a token of who sees the whole city.")
    var cityTokenFile: String

    @Option(help: "A file with a token of an official of the ward.")
    var wardTokenFile: String

    @Option(help: "The city's identifier.")
    var city: String

    @Option(help: "The ward's identifier.")
    var ward: String

    @Option(help: "Dossiers on a page; as many as the ward's queue has where that has fewer.")
    var size: Int32 = 20

    @Option(help: "Pages of each that are not counted.")
    var warmUp = 100

    @Argument(help: "Pages of each.")
    var pages: Int

    func run() async throws {
        let ofCity = try Counterpart(data: data, tokenFile: cityTokenFile)
        let ofWard = try Counterpart(data: data, tokenFile: wardTokenFile)
        let figures = Figures()
        let size = Int32(try await page(of: ward, size, ofWard).count)
        guard size > 0 else { throw GrowthError("the queue of \(ward) is empty") }
        for number in 0..<warmUp + pages {
            for (name, system, agency) in [("city", ofCity, city), ("ward", ofWard, ward)] {
                let start = ContinuousClock.now
                let items = try await page(of: agency, size, system)
                guard items.count == size else {
                    throw GrowthError("a page of \(agency) has \(items.count) of \(size) dossiers")
                }
                if number >= warmUp { figures.record(name, .now - start) }
            }
        }
        await ofCity.close()
        await ofWard.close()
        print(try figures.json().text())
    }

    private func page(
        of agency: String, _ size: Int32, _ system: Counterpart
    ) async throws -> [RecordsV1.QueueItem] {
        var request = RecordsV1.ListQueueRequest()
        request.queue = .with { $0.scope = .agency(agency) }
        request.pageSize = size
        return try await system.queues.listQueue(request, options: system.official).items
    }
}
