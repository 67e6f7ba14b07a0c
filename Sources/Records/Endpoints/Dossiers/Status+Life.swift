import Messages
import RPC

extension Status {
    /// To one who may read a dossier and answer his part of it, and no more.
    static func notHandling(_ agency: String) -> Status {
        Status(
            .permissionDenied, reason: "AGENCY_NOT_HANDLING", domain: domain,
            message:
                "\(agency) handles the dossier and yours takes part in it: answer your part, "
                + "record a contact or follow it", metadata: ["agency": agency])
    }

    /// - Precondition: One of the rejections that ``init(_:)`` leaves to this.
    init(ofLife rejection: DossierRejection) {
        switch rejection {
        case .stepOfAnother(let number, let assignee):
            self.init(
                .permissionDenied, reason: "STEP_OF_ANOTHER", domain: Self.domain,
                message:
                    "step \(number) is \(assignee)'s: only its holder, who stands in for him by "
                    + "a delegation, or a head may do this",
                metadata: ["step": String(number), "assignee": assignee])
        case .stepOfAnotherAgency(let number, let agency):
            self.init(
                .permissionDenied, reason: "STEP_OF_ANOTHER_AGENCY", domain: Self.domain,
                message: "step \(number) is for agency \(agency) to do",
                metadata: ["step": String(number), "agency": agency])
        case .stepEnded(let number):
            self.init(
                "STEP_ENDED", ["step": String(number)],
                "step \(number) is done: assign one that is not")
        case .stepNotFound(let number):
            self.init(
                .notFound, reason: "STEP_NOT_FOUND", domain: Self.domain,
                message: number == 0
                    ? "the official holds no step of this dossier that is not done"
                    : "the dossier has no step \(number): look at its steps")
        case .supplementStatus(let status, let allowed):
            self.init(
                "SUPPLEMENT_STATUS",
                [
                    "status": status.protoName,
                    "allowed": allowed.map(\.protoName).joined(separator: ","),
                ],
                "the request for supplement is \(status.protoName): from there it goes to "
                    + allowed.map(\.protoName).joined(separator: " or "))
        case .resultHandOver(let status, let allowed):
            self.init(
                "RESULT_HAND_OVER",
                [
                    "status": status.protoName,
                    "allowed": allowed.map(\.protoName).joined(separator: ","),
                ], "the counter has confirmed already that it has the result: hand it over")
        case .partsOpen(let numbers):
            let names = numbers.map(String.init).joined(separator: ",")
            self.init(
                "PARTS_OPEN", ["parts": names],
                "these parts are not answered: \(names); wait for them or withdraw them")
        case .partNotFound(let number):
            self.init(
                .notFound, reason: "PART_NOT_FOUND", domain: Self.domain,
                message: "the dossier has no part \(number): look at its parts")
        case .partEnded(let number, let status):
            self.init(
                "PART_ENDED", ["part": String(number), "status": status.protoName],
                "part \(number) is no longer open: send the agency another")
        case .partOfAnotherAgency(let number, let agency):
            self.init(
                .permissionDenied, reason: "PART_OF_ANOTHER_AGENCY", domain: Self.domain,
                message: "part \(number) is for agency \(agency) to answer",
                metadata: ["part": String(number), "agency": agency])
        case .notHead:
            self.init(
                .permissionDenied, reason: "HEAD_REQUIRED", domain: Self.domain,
                message: "only a head decides about the work of others")
        case .delegationNotFound:
            self.init(
                .notFound, reason: "DELEGATION_NOT_FOUND", domain: Self.domain,
                message: "there is no such delegation: list the official's")
        case .delegationRevoked:
            self.init(
                "DELEGATION_REVOKED", [:], "the delegation has been revoked already")
        default: preconditionFailure("not a rejection of a dossier's life: \(rejection)")
        }
    }
}

extension SupplementStatus {
    var message: RecordsV1.SupplementStatus { .init(rawValue: Int32(rawValue)) }
    fileprivate var protoName: String { message.protoName ?? "" }
}

extension ResultHandOver {
    var message: RecordsV1.ResultHandOver { .init(rawValue: Int32(rawValue)) }
    fileprivate var protoName: String { message.protoName ?? "" }
}

extension PartStatus {
    var message: RecordsV1.PartStatus { .init(rawValue: Int32(rawValue)) }
    fileprivate var protoName: String { message.protoName ?? "" }
}
