import ArgumentParser
import Foundation
import Messages
import RPC

struct ImportCalendarCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import-calendar",
        abstract:
            "Load a calendar of working days; open deadlines follow it from its effective day on.",
        discussion: """
            The file is what `motcua deadline --calendar` reads, and a calendar replaces the one before it as a whole. \
            Importing the same file again changes nothing; a changed one wants a version of its own. Deadlines are \
            derived anew in the background: motcua.records.v1.Deadlines/GetRederivation tells how far that is. Exits \
            2 if the calendar was refused.
            """)

    @Argument(help: "The file.")
    var file: String

    @Flag(help: "Tell how many open deadlines would move and change nothing.")
    var dryRun = false

    @OptionGroup var gateway: GatewayOptions

    func run() async throws {
        guard let content = FileManager.default.contents(atPath: file),
            let text = String(validating: content, as: UTF8.self)
        else {
            printError("Cannot read \(file) as UTF-8 text.")
            throw ExitCode(1)
        }
        try await reportingStatus {
            let channel = try gateway.channel()
            var request = RecordsV1.ImportCalendarRequest()
            request.requestID = UUID().uuidString
            request.text = text
            request.dryRun = dryRun
            do {
                let response = try await RecordsV1.DeadlinesClient(channel).importCalendar(
                    request, options: try gateway.callOptions(timeout: .seconds(120)))
                printNow(line(response))
            } catch let status as Status where status.badRequest != nil {
                for violation in status.badRequest?.fieldViolations ?? [] {
                    printError("\(file): \(violation.reason): \(violation.description)")
                }
                throw ExitCode(2)
            }
            await channel.close()
        }
    }

    private func line(_ response: RecordsV1.ImportCalendarResponse) -> String {
        let calendar = response.calendar ?? .init()
        let name = "\(calendar.version), effective \(calendar.effectiveDay)"
        if response.wasKnown { return "unchanged: \(name)" }
        guard dryRun else { return "imported \(name)" }
        let atLeast = response.examinedAll ? "" : "at least "
        return "would import \(name): \(atLeast)\(response.movingCount) of "
            + "\(response.examinedCount) open deadlines would move"
    }
}
