import Messages
import WorkingTime

extension CommonV1.Caller {
    /// Whether an official's work is the caller's to see and to arrange: everybody's own, and for a
    /// head that of whoever holds a post today in his agency or one below it.
    func arranges(
        workOf official: String, on day: CivilDate, in organisation: Organisation
    ) -> Bool {
        if official == principal { return true }
        return roles.contains(.head)
            && (agency.isEmpty || organisation.isOfficial(official, within: agency, on: day))
    }
}
