import Foundation
import Messages
import RPC
import WorkingTime

/// One dossier's way through the counter, step by step, each checked and printed.
struct Journey {
    let demonstration: Demonstration
    let story: Story

    var dossiers: RecordsV1.DossiersClient { .init(demonstration.channel) }

    func take() async throws {
        let submitted = try await submit()
        let dossierID = submitted.dossier!.dossierID
        try await digitizeComponents(of: submitted.dossier!)
        try await settleFee(of: dossierID)
        let accepted = try await accept(dossierID, secret: submitted.lookUpSecret)
        try await work(accepted)
        let returned = try await giveResult(dossierID)
        try await rate(returned)
        try await showHistory(of: dossierID)
    }

    private func submit() async throws -> RecordsV1.SubmitDossierResponse {
        var request = RecordsV1.SubmitDossierRequest()
        request.requestID = id("submit")
        request.procedureID = story.procedureID
        request.receivingUnit = Demonstration.unit
        request.channel = .direct
        var applicant = RecordsV1.Applicant()
        applicant.fullName = story.fullName
        applicant.phone = story.phone
        request.applicant = applicant
        let response = try await call {
            try await dossiers.submitDossier(request, options: official)
        }
        guard let dossier = response.dossier else {
            throw DemonstrationFailure(message: "the reply to SubmitDossier holds no dossier")
        }
        printNow("    \(dossier.procedureName)")
        say(
            dossier, at: dossier.submitTime,
            "handed in by \(story.fullName) at \(dossier.receivingUnit)")
        return response
    }

    private func digitizeComponents(of dossier: RecordsV1.Dossier) async throws {
        for component in dossier.components {
            let document = try await upload(
                Scan.pdf(title: "\(dossier.procedureID) \(component.componentID)"),
                dossierID: dossier.dossierID,
                component: component.componentID, step: "scan-\(component.componentID)")
            note(
                "scanned \(component.componentID): \(document.mediaType), \(document.pageCount) page(s), "
                    + "SHA-256 \(hex(document.sha256.prefix(6)))…", at: document.createTime)
        }
        _ = try await demonstration.eventually("every component digitized") {
            let now = try await get(dossier.dossierID)
            return now.components.allSatisfy { !$0.documentID.isEmpty } ? now : nil
        }
    }

    private func accept(_ dossierID: String, secret: String) async throws -> RecordsV1.Dossier {
        var request = RecordsV1.AcceptDossierRequest()
        request.requestID = id("accept")
        request.dossierID = dossierID
        let accepted = try await call {
            try await dossiers.acceptDossier(request, options: official)
        }
        let due =
            switch accepted.dueStatus {
            case .dated: "due \(local(accepted.dueTime))"
            case .provisional:
                "due \(local(accepted.dueTime)) (provisional: beyond the loaded calendar)"
            default: "no limit, so no due date"
            }
        say(accepted, at: accepted.acceptTime, "code \(accepted.code), \(due)")
        var track = GatewayV1.TrackRequest()
        track.code = accepted.code
        track.lookUpSecret = secret
        let tracked = try await call {
            try await GatewayV1.TrackingClient(demonstration.channel).track(
                track, options: demonstration.citizen)
        }
        note("the citizen tracks it by code and secret: \(tracked.completionText)")
        if let handOver = accepted.handOverTime {
            note("bàn giao cho đơn vị giải quyết lúc \(local(handOver))")
        }
        return accepted
    }

    private func work(_ dossier: RecordsV1.Dossier) async throws {
        var start = RecordsV1.StartProcessingRequest()
        start.requestID = id("start")
        start.dossierID = dossier.dossierID
        let started = try await call {
            try await dossiers.startProcessing(start, options: official)
        }
        say(started, at: nil, "handed over to whoever handles it")
        let assigned = try await assign(started)
        try await showAccountability(for: assigned)
        try await showQueue(of: assigned)
        for (index, step) in assigned.steps.enumerated() {
            if story.needsSupplement && index == 1 { try await supplement(assigned) }
            var complete = RecordsV1.CompleteStepRequest()
            complete.requestID = id("step-\(step.number)")
            complete.dossierID = dossier.dossierID
            complete.stepNumber = step.number
            let holder = step.assignee.isEmpty ? Demonstration.receptionist : step.assignee
            let done = try await call {
                try await dossiers.completeStep(
                    complete, options: demonstration.signedIn(holder))
            }
            let ended = done.steps.first { $0.number == step.number }
            say(done, at: ended?.endTime, "step \(step.number): \(step.name), \(holder)")
        }
    }

    private func supplement(_ dossier: RecordsV1.Dossier) async throws {
        let component = dossier.components.last!
        var ask = RecordsV1.RequestSupplementRequest()
        ask.requestID = id("supplement")
        ask.dossierID = dossier.dossierID
        ask.reason = "Bản chụp mờ, không đọc được số giấy tờ"
        ask.componentIDs = [component.componentID]
        let asked = try await call { try await dossiers.requestSupplement(ask, options: official) }
        say(
            asked, at: asked.supplements.last?.requestTime,
            "supplement asked for: \(component.componentID), \(ask.reason)")
        _ = try await upload(
            Scan.pdf(title: "\(dossier.procedureID) \(component.componentID) again"),
            dossierID: dossier.dossierID,
            component: component.componentID, step: "scan-again")
        _ = try await demonstration.eventually("the supplement digitized") {
            let now = try await get(dossier.dossierID)
            return now.components.allSatisfy { !$0.documentID.isEmpty } ? now : nil
        }
        var receive = RecordsV1.ReceiveSupplementRequest()
        receive.requestID = id("supplemented")
        receive.dossierID = dossier.dossierID
        let received = try await call {
            try await dossiers.receiveSupplement(receive, options: official)
        }
        say(
            received, at: received.supplements.last?.receiveTime,
            "supplement received, due \(local(received.dueTime))")
    }

    private func giveResult(_ dossierID: String) async throws -> RecordsV1.Dossier {
        var issue = RecordsV1.IssueResultRequest()
        issue.requestID = id("issue")
        issue.dossierID = dossierID
        issue.number = story.resultNumber
        issue.summary = story.resultSummary
        let issued = try await call { try await dossiers.issueResult(issue, options: official) }
        say(issued, at: issued.finishTime, "result \(story.resultNumber): \(story.resultSummary)")
        _ = try await upload(
            Scan.pdf(title: "Result \(story.resultNumber)"), dossierID: dossierID, component: nil,
            step: "result")
        _ = try await demonstration.eventually("the result digitized") {
            let now = try await get(dossierID)
            return now.result?.documentID.isEmpty == false ? now : nil
        }
        var confirm = RecordsV1.ConfirmResultRequest()
        confirm.requestID = id("confirm")
        confirm.dossierID = dossierID
        let confirmed = try await call {
            try await dossiers.confirmResult(confirm, options: official)
        }
        note("kết quả đã về Bộ phận Một cửa", at: confirmed.resultArriveTime)
        try await explainDeadline(of: confirmed)
        var handOver = RecordsV1.ReturnResultRequest()
        handOver.requestID = id("return")
        handOver.dossierID = dossierID
        let returned = try await call {
            try await dossiers.returnResult(handOver, options: official)
        }
        say(returned, at: returned.returnTime, "result handed over")
        return returned
    }

    private func rate(_ dossier: RecordsV1.Dossier) async throws {
        var claim = SurveysV1.ClaimTokenRequest()
        claim.requestID = id("token")
        claim.dossierID = dossier.dossierID
        let token = try await demonstration.eventually("the survey token") {
            do {
                return try await SurveysV1.InvitationsClient(demonstration.channel)
                    .claimToken(claim, options: official).token
            } catch let status as Status where status.code == .notFound {
                return nil  // The invitation is on its way.
            }
        }
        var answer = SurveysV1.SubmitAnswerRequest()
        answer.requestID = id("answer")
        answer.token = token
        answer.overall = .verySatisfied
        answer.ratings = [SurveysV1.Aspect.time, .attitude, .resultAndCost].map {
            var rating = SurveysV1.Rating()
            rating.aspect = $0
            rating.satisfaction = .satisfied
            return rating
        }
        _ = try await call {
            try await SurveysV1.AnswersClient(demonstration.channel).submitAnswer(
                answer, options: demonstration.citizen)
        }
        note("the citizen rated it with a one-use token")
    }

    private func showHistory(of dossierID: String) async throws {
        var request = RecordsV1.GetHistoryRequest()
        request.dossierID = dossierID
        let history = try await call { try await dossiers.getHistory(request, options: official) }
        printNow("    history:")
        for entry in history.entries {
            printNow("      \(local(entry.time))  \(entry.state.label)  \(entry.action)")
        }
    }
}

extension Journey {
    var official: CallOptions { demonstration.official }
    func id(_ step: String) -> String { demonstration.requestID(story, step) }

    func call<Value>(_ body: () async throws -> Value) async throws -> Value {
        try await demonstration.persistently(body)
    }

    func get(_ dossierID: String) async throws -> RecordsV1.Dossier {
        var request = RecordsV1.GetDossierRequest()
        request.dossierID = dossierID
        return try await dossiers.getDossier(request, options: official)
    }

    private func upload(
        _ content: [UInt8], dossierID: String, component: String?, step: String
    ) async throws -> DigitizationV1.Document {
        var header = DigitizationV1.UploadHeader()
        header.requestID = id(step)
        header.dossierID = dossierID
        header.purpose = component == nil ? .result : .component
        header.componentID = component ?? ""
        header.fileName = "\(step).pdf"
        header.sizeBytes = Int64(content.count)
        header.sha256 = Scan.sha256(content)
        return try await call {
            try await DigitizationV1.DocumentsClient(demonstration.channel).uploadDocument(
                options: official
            ) { parts in
                var first = DigitizationV1.UploadDocumentRequest()
                first.part = .header(header)
                try await parts.write(first)
                var second = DigitizationV1.UploadDocumentRequest()
                second.part = .chunk(content)
                try await parts.write(second)
            }
        }
    }

    private func say(
        _ dossier: RecordsV1.Dossier, at time: GoogleProtobuf.Timestamp?, _ what: String
    ) {
        note("state \(dossier.state.label): \(what)", at: time)
    }

    /// - Parameter time: The system's own, which in a sandbox is not this host's; left blank where the reply has none.
    func note(_ what: String, at time: GoogleProtobuf.Timestamp? = nil) {
        let column = (time?.instant?.formatted(in: .vietnam) ?? "").padded(30)
        printNow("    \(column)\(what)")
    }

    func local(_ time: GoogleProtobuf.Timestamp?) -> String {
        time?.instant.map { $0.formatted(in: .vietnam) } ?? "?"
    }

    private func hex(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { String(format: "%02x", $0) }.joined()
    }
}
