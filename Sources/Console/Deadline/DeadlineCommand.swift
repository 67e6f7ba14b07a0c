import ArgumentParser
import WorkingTime

struct DeadlineCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deadline",
        abstract: "Work out when a result is due; needs no system.",
        usage: """
            motcua deadline --from INSTANT --limit 'N UNIT' [--shifts SHIFTS] [--suspend FROM/TO]... \
            [--count HOW] [--calendar FILE] [--extend N] [--after-supplement RULE] [--explain]
            """,
        discussion: """
            motcua deadline --from 2026-02-13T16:10 --limit '3 working_day'
            motcua deadline --from 2026-02-13T16:10 --limit '5 day' --suspend 2026-02-23T09:00/2026-02-24T09:00
            motcua deadline --from 2026-02-13T16:10 --limit same_day --extend 2 --explain

            Units: working_hour, working_day, hour, day, month, same_day. Prints the due instant; with --explain also \
            what counted, what did not, by which rule and article, and who held the dossier for how long. What is \
            wrong with an option is told by name on standard error, with exit code 2.

            A calendar's file has a line for each day that is not as its weekday says, in any order:

                version vn-2026
                effective 2026-01-01
                covers 2026
                2026-01-02 off Nghỉ hoán đổi
                2026-01-10 work bù 02/01
                2026-03-04 shifts 07:30-11:30
                yearly 09-02 Quốc khánh

            Beyond the years covered, weekends and the yearly days off count, and the due instant is provisional.
            """)

    @Option(
        parsing: .unconditional,
        help: "When the dossier was received; Vietnam's time where no offset is written.")
    var from: String?

    @Option(parsing: .unconditional, help: "The limit, such as '3 working_day', or same_day.")
    var limit: String?

    @Option(parsing: .unconditional, help: "The agency's working hours.")
    var shifts = Shifts.standard.description

    @Option(
        parsing: .unconditionalSingleValue,
        help: """
            When the clock stood still; may be repeated. 'FROM/TO CAUSE' names another cause than a supplement: \
            payment, consultation (which stops nothing), other-agency, decision.
            """)
    var suspend: [String] = []

    @Option(parsing: .unconditional, help: "How working days count: working-time or whole-days.")
    var count = TimeLimit.Counting.workingTime.rawValue

    @Option(
        parsing: .unconditional, help: "A calendar's file; the shipped one when left out.")
    var calendar: String?

    @Option(
        parsing: .unconditional,
        help: "What the one extension adds, in units of the limit; working days to same_day.")
    var extend: String?

    @Option(
        parsing: .unconditional,
        help: "What a supplement does to the limit: resume or restart.")
    var afterSupplement = Deadline.AfterSupplement.resume.rawValue

    @Flag(help: "Say how the due instant comes about.")
    var explain = false

    func run() throws {
        do throws(OptionRefusal) {
            let answer = try DeadlineAnswer(
                to: DeadlineQuestion(
                    .init(
                        from: from, limit: limit, shifts: shifts, suspend: suspend, count: count,
                        calendar: calendar, extend: extend, afterSupplement: afterSupplement)))
            printNow(answer.line)
            if explain { answer.explanation.forEach { printNow($0) } }
            if answer.isProvisional, !explain {
                printError("provisional: a year is beyond the calendar's; --explain tells more")
            }
        } catch {
            printError(error.description)
            throw ExitCode(2)
        }
    }
}
