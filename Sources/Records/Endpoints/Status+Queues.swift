import RPC

extension Status {
    private static let queuesDomain = "records.motcua"

    static func notYourAgency(_ agency: String, of own: String) -> Status {
        Status(
            .permissionDenied, reason: "AGENCY_NOT_YOURS", domain: queuesDomain,
            message:
                "you see \(own) and the agencies below it, and \(agency.prefix(35)) is none of "
                + "them: ask somebody of an agency above both",
            metadata: ["agency": own])
    }

    static func notYourOfficial(_ official: String) -> Status {
        Status(
            .permissionDenied, reason: "OFFICIAL_NOT_YOURS", domain: queuesDomain,
            message:
                "the queue of \(official.prefix(100)) is for himself and for the head of his "
                + "agency or of one above it: ask for your own, or ask the head")
    }
}
