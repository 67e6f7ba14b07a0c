import ArgumentParser
import Identity
import Operations
import Surveys

@main
struct SurveysProcess: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "motcua-surveys",
        abstract: "What citizens say. Callers come through the gateway.")

    @OptionGroup var options: ServiceOptions

    func run() async throws {
        try await ServiceProcess(name: "surveys", options: options).run { surroundings in
            let host = try SurveysHost.open(
                directory: surroundings.directory, clock: surroundings.clock,
                logger: surroundings.logger)
            return .init(
                services: host.services, store: host.store, interceptors: [surroundings.admission],
                close: { await host.close() })
        }
    }
}
