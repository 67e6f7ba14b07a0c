import ArgumentParser
import Identity
import Operations
import Records

@main
struct RecordsProcess: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "motcua-records",
        abstract: "Procedures and dossiers. Callers come through the gateway.")

    @OptionGroup var options: ServiceOptions

    func run() async throws {
        try await ServiceProcess(name: "records", options: options).run { surroundings in
            let host = try RecordsHost.open(
                directory: surroundings.directory, clock: surroundings.clock,
                logger: surroundings.logger)
            try await host.deadlineWork.adopt(RecordsHost.rules(in: surroundings.directory))
            return .init(
                services: host.services, store: host.store, interceptors: [surroundings.admission],
                background: { await host.background() },
                close: { await host.close() })
        }
    }
}
