import ArgumentParser

/// How the records service bears a city's year: a seeded population of dossiers, and what calls cost on it.
@main
struct GrowthBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "growth-benchmark",
        abstract: "Fills a records database with dossiers that have lived, and measures on it.",
        subcommands: [
            Generate.self, Pile.self, Multiply.self, Mix.self, Pages.self, Intake.self, Storm.self,
        ])
}
