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
    fileprivate mutating func blankPersonalData() {
        applicant = nil
        result?.summary = ""
        for index in supplements.indices { supplements[index].reason = "" }
    }

    fileprivate mutating func refillPersonalData(from table: DossierTable) throws {
        guard let dossier = try table.find(.id(dossierID)) else {
            return
        }
        applicant = dossier.applicant.message
        result?.summary = dossier.result.summary
        for index in supplements.indices where index < dossier.supplements.count {
            supplements[index].reason = dossier.supplements[index].reason
        }
    }
}
