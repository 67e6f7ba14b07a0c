extension WorkClock {
    /// The first minute from which on at most `minutes` of working time are left until `instant`;
    /// `nil` outside ``years``.
    ///
    /// - Precondition: `minutes` is positive.
    package func instant(workingMinutes minutes: Int, before instant: Instant) -> Instant? {
        precondition(minutes > 0)
        let to = instant.localMinute(in: offset)
        guard table.contains(minute: to) else { return nil }
        let worked = table.worked(before: to) - minutes
        guard worked > 0 else { return nil }
        let from = table.minute(whenWorked: worked)
        return from == DayTable.beyond ? nil : Instant(localMinute: from, in: offset)
    }
}
