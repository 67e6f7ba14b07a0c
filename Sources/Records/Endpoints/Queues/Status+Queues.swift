import RPC

extension Status {
    static func notYourOfficial(_ official: String) -> Status {
        Status(
            .permissionDenied, reason: "OFFICIAL_NOT_YOURS", domain: domain,
            message:
                "the work of \(official.prefix(100)) is for himself and for the head of his "
                + "agency or of one above it: ask for your own, or ask the head")
    }
}
