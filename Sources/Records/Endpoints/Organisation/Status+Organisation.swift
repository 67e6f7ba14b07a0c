import Messages
import RPC
import WorkingTime

extension Status {
    static let agencyNotFound = Status(
        .notFound, reason: "AGENCY_NOT_FOUND", domain: domain,
        message: "there is no agency of this identifier; list the agencies for it")

    /// Refuses what is told of an agency itself. A dossier beyond a caller's agency is
    /// ``dossierNotFound``, so that nobody learns which there are.
    static func outsideAgency(_ agency: String) -> Status {
        Status(
            .permissionDenied, reason: "OUTSIDE_AGENCY", domain: domain,
            message: "you act for \(agency): this is neither it nor an agency below it",
            metadata: ["agency": agency])
    }

    static func agencyNotInForce(_ agency: Agency, on day: CivilDate) -> Status {
        let lastDay = agency.lastDay?.description ?? ""
        return Status(
            .notFound, reason: "AGENCY_NOT_IN_FORCE", domain: domain,
            message: agency.successor.isEmpty
                ? "the agency is not in force on \(day)"
                : "the agency is not in force on \(day): its last day is \(lastDay), and "
                    + "\(agency.successor) answers for its dossiers after that",
            metadata: ["last_day": lastDay, "successor": agency.successor])
    }

    static func noAccountableHead(_ agency: String, on day: CivilDate) -> Status {
        Status(
            .notFound, reason: "NO_ACCOUNTABLE_HEAD", domain: domain,
            message:
                "neither \(agency) nor an agency above it has a head on \(day): give one a post",
            metadata: ["agency": agency])
    }
}
