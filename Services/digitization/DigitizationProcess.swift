import ArgumentParser
import Identity
import Operations
import Digitization

@main
struct DigitizationProcess: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "motcua-digitization",
        abstract: "Scanned papers and electronic results. Callers come through the gateway.")

    @OptionGroup var options: ServiceOptions

    func run() async throws {
        try await ServiceProcess(name: "digitization", options: options).run { surroundings in
            let host = try DigitizationHost.open(
                directory: surroundings.directory, clock: surroundings.clock,
                logger: surroundings.logger)
            return .init(
                services: host.services, store: host.store, interceptors: [surroundings.admission],
                background: { await host.sweepUntilCancelled() }, close: { await host.close() })
        }
    }
}
