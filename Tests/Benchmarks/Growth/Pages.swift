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

    @Option(help: "Dossiers on a page; both queues have so many.")
    var size: Int32 = 20

    @Option(help: "Pages of each that are not counted.")
    var warmUp = 100

    @Argument(help: "Pages of each.")
    var pages: Int

    func run() async throws {
        let ofCity = try Counterpart(data: data, tokenFile: cityTokenFile)
        let ofWard = try Counterpart(data: data, tokenFile: wardTokenFile)
        let figures = Figures()
        for page in 0..<warmUp + pages {
            for (name, system, agency) in [("city", ofCity, city), ("ward", ofWard, ward)] {
                var request = RecordsV1.ListQueueRequest()
                request.queue = .with { $0.scope = .agency(agency) }
                request.pageSize = size
                let start = ContinuousClock.now
                let reply = try await RecordsV1.QueuesClient(system.channel)
                    .listQueue(request, options: system.official)
                guard reply.items.count == Int(size) else {
                    throw GrowthError("the queue of \(agency) has \(reply.items.count) dossiers")
                }
                if page >= warmUp { figures.record(name, .now - start) }
            }
        }
        await ofCity.close()
        await ofWard.close()
        print(try figures.json().text())
    }
}
