import RPC

extension Status {
    init(_ rejection: CatalogueRejection) {
        switch rejection {
        case .procedureNotFound:
            self = .procedureNotFound
        case .procedureRetired:
            self.init(
                catalogue: "PROCEDURE_RETIRED",
                "the procedure is retired and takes no new dossiers: look for the one that replaced it"
            )
        case .procedureNotPublished:
            self.init(
                catalogue: "PROCEDURE_NOT_PUBLISHED",
                "no version of the procedure is published and in force today: publish one, or wait "
                    + "for its effective day")
        case .draftNotFound:
            self.init(
                catalogue: "DRAFT_NOT_FOUND",
                "the procedure has no draft of this version: look at its versions, or save a draft")
        case .draftChanged(let revision):
            self.init(
                catalogue: "DRAFT_CHANGED",
                "the draft was saved again since: look at revision \(revision) and send that",
                metadata: ["draft_revision": String(revision)])
        case .nationalCodeTaken(let holder):
            self.init(
                catalogue: "NATIONAL_CODE_TAKEN",
                "procedure \(holder) is published under the same national code: correct one of them",
                metadata: ["procedure_id": holder])
        case .invalid(let violations):
            self.init(invalid: violations)
        }
    }

    /// A failed precondition that the same request, sent anew, may meet later.
    private init(
        catalogue reason: String, _ message: String, metadata: [String: String] = [:]
    ) {
        self.init(
            .failedPrecondition, reason: reason, domain: "records.motcua", message: message,
            metadata: metadata)
    }
}
