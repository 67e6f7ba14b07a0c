import Messages
import RPC
import Storage

extension ReplyMemory<RecordsV1.Dossier> {
    /// Who applies, and what officials wrote about it, stays in the dossier's own rows.
    static let dossier = ReplyMemory(
        blank: { $0.blankPersonalData() },
        refill: { reply, database in
            try reply.refillPersonalData(from: DossierTable(database: database))
        })
}

extension ReplyMemory<RecordsV1.SubmitDossierResponse> {
    /// The secret stands in no row at all: it is derived again.
    static let submission = ReplyMemory(
        blank: { reply in
            reply.dossier?.blankPersonalData()
            reply.lookUpSecret = ""
        },
        refill: { reply, database in
            guard let id = reply.dossier?.dossierID else { return }
            let table = DossierTable(database: database)
            try reply.dossier?.refillPersonalData(from: table)
            let key = try table.lookUpKey()
            reply.lookUpSecret = key?.secret(of: id).text ?? ""
        })
}

extension RecordsV1.Dossier {
    mutating func blankPersonalData() {
        applicant = nil
        result?.summary = ""
        for index in supplements.indices { supplements[index].reason = "" }
        assistance = nil
        guidance = ""
        for index in parts.indices {
            parts[index].task = ""
            parts[index].answer = ""
        }
    }

    mutating func refillPersonalData(from table: DossierTable) throws {
        guard let dossier = try table.find(.id(dossierID)) else {
            return
        }
        applicant = dossier.applicant.message
        result?.summary = dossier.result.summary
        for index in supplements.indices where index < dossier.supplements.count {
            supplements[index].reason = dossier.supplements[index].reason
        }
        assistance = dossier.assistance?.message
        guidance = dossier.guidance
        for index in parts.indices where index < dossier.parts.count {
            parts[index].task = dossier.parts[index].task
            // What was not answered then is not answered in this reply.
            guard parts[index].status != .open else { continue }
            parts[index].answer = dossier.parts[index].answer
        }
    }
}
