import ArgumentParser
import Operations

struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Make the directories, keys and settings that a system needs, and start nothing.",
        discussion: """
            `motcua up` does so by itself; this is for hosts where something else supervises the processes. What \
            is there is left as it is.
            """)

    @Option(help: "Where the system's data lives; made if missing.")
    var data = GatewayOptions.dataDefault

    @Option(help: "Where sockets will be; clients find them by --data.")
    var runtime: String?

    func run() throws {
        do {
            let layout = try Layout(data: data, runtime: runtime)
            let directory = try LockedDirectory(locking: layout.data)
            try Preparation.prepare(layout)
            withExtendedLifetime(directory) {}
        } catch let error as OperationsError {
            printError(error.message)
            throw ExitCode(1)
        }
    }
}
