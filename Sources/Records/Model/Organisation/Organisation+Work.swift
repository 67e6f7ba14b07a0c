import WorkingTime

// Who and what work may be given to. An organisation that nothing was imported into knows nobody,
// and so refuses nobody.
extension Organisation {
    func violation(ofAgency agency: String, at now: Instant, field: String) -> FieldViolation? {
        let today = now.local(in: .vietnam).date
        return agencies.isEmpty || self.agency(agency, on: today) != nil
            ? nil
            : FieldViolation(
                field, .unknown, "name an agency that is in force today: list the organisation's")
    }

    func violation(ofOfficial official: String, at now: Instant, field: String) -> FieldViolation? {
        let today = now.local(in: .vietnam).date
        return officials.isEmpty || !posts(of: official, on: today).isEmpty
            ? nil
            : FieldViolation(
                field, .unknown, "name an official who holds a post today: list the organisation's")
    }
}
