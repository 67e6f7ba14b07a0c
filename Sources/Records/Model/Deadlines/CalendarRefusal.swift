import WorkingTime

/// Why a calendar that can be read is not taken.
package enum CalendarRefusal: Hashable, Sendable {
    /// Another text has this version: a version never changes.
    case versionTaken(String)
    /// The calendar that it replaces knows years that open deadlines run in, and it does not.
    case leavesYearsOut(ClosedRange<Int>, covered: ClosedRange<Int>)
}
