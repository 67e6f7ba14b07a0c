import ArgumentParser

/// The command line: runs the system, asks it, and shows it at work.
package struct MotCuaCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "motcua",
        abstract: "The one-stop counter for administrative procedures (một cửa).",
        discussion: """
            A system lives in one data directory. Start it with `motcua up`, look at it with `motcua status`, and \
            watch a dossier go through it with `motcua demo`. Every other command finds the system by the same \
            --data.
            """,
        subcommands: [
            UpCommand.self, InitCommand.self, StatusCommand.self, MetricsCommand.self,
            DescribeCommand.self, CallCommand.self, ImportCommand.self,
            ExportProceduresCommand.self, ImportCalendarCommand.self,
            ImportOrganisationCommand.self,
            ExportOrganisationCommand.self, UploadCommand.self,
            DownloadCommand.self, TokenCommand.self, DeadlineCommand.self, DemoCommand.self,
            LoadCommand.self,
        ])

    package init() {}
}
