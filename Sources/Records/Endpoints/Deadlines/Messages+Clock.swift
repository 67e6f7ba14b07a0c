import Messages
import RPC
import WorkingTime

extension ShiftChange {
    init(_ request: RecordsV1.SetShiftsRequest) throws(Status) {
        var check = FieldCheck()
        check.name(request.agency, "agency")
        if !request.agency.isEmpty, !AgencyIdentifier.isWellFormed(request.agency) {
            check.add(
                FieldViolation("agency", .malformed, "write its identifier, such as H26.001.00"))
        }
        var rule: ShiftRule?
        if !request.fromDay.isEmpty {
            let day = check.day(request.fromDay, "from_day")
            let shifts = check.shifts(request.shifts, "shifts")
            if let day { rule = ShiftRule(agency: request.agency, fromDay: day, shifts: shifts) }
        } else if !request.shifts.isEmpty || request.halfDays.isEmpty {
            check.add(FieldViolation("from_day", .required, "say from which day on"))
        }
        if request.halfDays.count > DeadlinesEndpoint.halfDaysMax {
            check.add(
                FieldViolation(
                    "half_days", .tooLong, "send at most \(DeadlinesEndpoint.halfDaysMax)"))
        }
        var halfDays: [HalfDay] = []
        for (index, half) in request.halfDays.prefix(DeadlinesEndpoint.halfDaysMax).enumerated() {
            let day = check.day(half.day, "half_days[\(index)].day")
            let shifts = check.shifts(half.shifts, "half_days[\(index)].shifts")
            guard let day else {
                if half.day.isEmpty {
                    check.add(
                        FieldViolation("half_days[\(index)].day", .required, "name the day"))
                }
                continue
            }
            if halfDays.contains(where: { $0.day == day }) {
                check.add(FieldViolation("half_days[\(index)].day", .repeated, "name each once"))
            }
            halfDays.append(HalfDay(agency: request.agency, day: day, shifts: shifts))
        }
        try check.finish()
        self.init(agency: request.agency, rule: rule, halfDays: halfDays)
    }
}

extension FieldCheck {
    /// Empty for `nil`.
    fileprivate mutating func shifts(_ text: String, _ field: String) -> Shifts? {
        if text.isEmpty { return nil }
        do throws(TextRejection) {
            return try Shifts(parsing: text)
        } catch {
            add(FieldViolation(field, .malformed, error.reason))
            return nil
        }
    }
}

extension RecordsV1.Shifts {
    init(of agency: String, on day: CivilDate, by book: ClockBook) {
        self.init()
        self.agency = agency
        self.day = day.description
        let found = book.shifts(of: agency, on: day)
        shifts = found.shifts.description
        sourceAgency = found.source ?? ""
        isWorkingDay = book.calendar.kind(of: day).isWorked
        rules = book.rules(of: agency).map { rule in
            .with {
                $0.fromDay = rule.fromDay.description
                $0.shifts = rule.shifts?.description ?? ""
            }
        }
        halfDays = book.halfDays(of: agency).map { half in
            .with {
                $0.day = half.day.description
                $0.shifts = half.shifts?.description ?? ""
            }
        }
    }
}

extension RecordsV1.Calendar {
    /// - Parameter inForce: The version by which deadlines are derived now.
    init(_ stored: ClockTable.StoredCalendar, inForce: String) {
        self.init()
        let calendar = stored.calendar
        version = calendar.version
        effectiveDay = calendar.effectiveFrom.description
        firstYear = Int32(calendar.years.lowerBound)
        lastYear = Int32(calendar.years.upperBound)
        isInForce = calendar.version == inForce
        importTime = stored.importTime.map { .init($0) }
        daysOffCount = Int32(calendar.daysOff.count)
        swapCount = Int32(calendar.swaps.count)
    }
}

extension RecordsV1.Rederivation {
    init(_ pass: RederivationTable.Pass) {
        self.init()
        clockVersion = pass.clockVersion
        calendarVersion = pass.calendarVersion
        cause = pass.cause.rawValue
        startTime = .init(pass.startTime)
        finishTime = pass.finishTime.map { .init($0) }
        examinedCount = pass.examined
        movedCount = pass.moved
    }
}
