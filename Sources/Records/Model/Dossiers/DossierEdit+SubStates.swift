import WorkingTime

// Sub-states of waiting for supplement and of handing a result over: the national state stays.
extension DossierEdit {
    /// The citizen says that he has sent what was asked for.
    package mutating func sendSupplement(note: String) -> DossierRejection? {
        guard dossier.state == .awaitingSupplement, let index = dossier.supplements.indices.last
        else {
            return .wrongState(
                dossier.state, needed: .awaitingSupplement, allowed: dossier.moves)
        }
        let status = dossier.supplements[index].status
        guard dossier.supplements[index].sendTime == nil else {
            return .supplementStatus(status, allowed: status.moves)
        }
        dossier.supplements[index].sendTime = latestTime
        if status == .asked { dossier.supplements[index].status = .sent }
        log("Công dân gửi hồ sơ bổ sung", note)
        awaitAcceptanceIfComplete()
        return nil
    }

    /// What was sent does not do. It goes on as the same request, so it counts as no further one.
    package mutating func returnSupplement(
        reason: String, componentIDs: [String]
    ) -> DossierRejection? {
        guard dossier.state == .awaitingSupplement, let index = dossier.supplements.indices.last
        else {
            return .wrongState(
                dossier.state, needed: .awaitingSupplement, allowed: dossier.moves)
        }
        let asked = dossier.supplements[index]
        guard asked.status.moves.contains(.asked) else {
            return .supplementStatus(asked.status, allowed: asked.status.moves)
        }
        let names = asked.componentIDs.joined(separator: ", ")
        let violations =
            componentIDs.isEmpty
            ? [FieldViolation("component_ids", .required, "name at least one of \(names)")]
            : FieldViolation.inList(
                componentIDs, field: "component_ids", known: asked.componentIDs,
                remedy: "the request asks for \(names)")
        guard violations.isEmpty else { return .invalid(violations) }
        putAside(componentIDs)
        dossier.supplements[index].status = .asked
        dossier.supplements[index].sendTime = nil
        dossier.supplements[index].rounds += 1
        dossier.contacts.add(agency: dossier.receivingUnit, isApplicantsFault: false)
        log("Trả lại hồ sơ bổ sung chưa đạt yêu cầu", reason, form: .supplementRequest)
        return nil
    }

    /// The counter has the result.
    package mutating func confirmResult() -> DossierRejection? {
        guard dossier.state == .finished else {
            return .wrongState(dossier.state, needed: .finished, allowed: dossier.moves)
        }
        guard dossier.resultHandOver.moves.contains(.atCounter) else {
            return .resultHandOver(
                dossier.resultHandOver, allowed: dossier.resultHandOver.moves)
        }
        dossier.resultHandOver = .atCounter
        dossier.resultArriveTime = now
        log("Bộ phận Một cửa nhận kết quả giải quyết")
        return nil
    }

    /// What was handed in for components counts no more.
    mutating func putAside(_ componentIDs: [String]) {
        for index in dossier.components.indices
        where componentIDs.contains(dossier.components[index].id) {
            if let document = dossier.components[index].documentID {
                dossier.supersededDocumentIDs.insert(document)
                dossier.components[index].documentID = nil
            }
        }
    }

    /// All that was asked for is there: it waits for an official.
    mutating func awaitAcceptanceIfComplete() {
        guard dossier.state == .awaitingSupplement, let index = dossier.supplements.indices.last,
            dossier.supplements[index].status.moves.contains(.awaitingAcceptance),
            !dossier.undigitizedComponentIDs.contains(
                where: dossier.supplements[index].componentIDs.contains)
        else { return }
        dossier.supplements[index].status = .awaitingAcceptance
    }
}
