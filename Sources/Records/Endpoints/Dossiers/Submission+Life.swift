import Foundation
import Identity
import Messages
import RPC

extension RecordsV1.SubmitDossierRequest {
    /// A helper belongs to an assisted hand-in and to no other.
    func helpViolations(channel: IntakeChannel) -> [FieldViolation] {
        var check = FieldCheck()
        switch (channel, assistance) {
        case (.assisted, let assistance):
            let helper = assistance ?? .init()
            check.prose(helper.helperName, "assistance.helper_name")
            if helper.helperName.unicodeScalars.count > Applicant.fullNameCharactersMax {
                check.add(
                    FieldViolation(
                        "assistance.helper_name", .tooLong,
                        "give at most \(Applicant.fullNameCharactersMax) characters"))
            }
            if !helper.helperID.isEmpty { check.name(helper.helperID, "assistance.helper_id") }
        case (_, .some):
            check.add(
                FieldViolation(
                    "assistance", .notOffered,
                    "leave it out, or hand in by \(IntakeChannel.assisted.protoName)"))
        case (_, nil): break
        }
        check.prose(guidance, "guidance", isRequired: false)
        return check.violations
    }
}

extension RecordsV1.SubmitDossierResponse {
    static let duplicatesMax = 5

    /// Tells which open dossiers look like this one; none of them stops it. An official learns of
    /// those that he may see, anybody else only whether there are any: all citizens come through a
    /// portal as one principal, and an id is all that a portal needs to read a dossier.
    ///
    /// - Parameter isOwn: Whether the caller's agency answers for a unit.
    mutating func tellDuplicates(
        of dossier: Dossier, from table: DossierTable, to caller: CommonV1.Caller,
        isOwn: (_ unit: String) -> Bool
    ) throws {
        let alike = try table.openDossiers(
            identityNumber: dossier.applicant.identityNumber, procedureID: dossier.procedureID,
            limit: Self.duplicatesMax)
        hasPossibleDuplicates = !alike.isEmpty
        guard caller.roles.contains(.official) else { return }
        possibleDuplicates = alike.filter { isOwn($0.receivingUnit) }
            .map(RecordsV1.PossibleDuplicate.init)
    }
}
