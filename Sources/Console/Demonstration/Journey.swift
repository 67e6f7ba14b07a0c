import Foundation
import Messages
import RPC
import WorkingTime

/// One dossier's way through the counter, step by step, each checked and printed.
struct Journey {
    let demonstration: Demonstration
    let story: Story

    private var dossiers: RecordsV1.DossiersClient { .init(demonstration.channel) }

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

    private func settleFee(of dossierID: String) async throws {
        let assessed = try await demonstration.eventually("the fee's assessment") {
            let now = try await get(dossierID)
            return now.feeStatus == .unspecified ? nil : now
        }
        switch story.fee {
        case .free:
            try demonstration.hold(
                assessed.feeStatus == .noneDue,
                "a free dossier has fee status \(assessed.feeStatus)")
            try await expectNoBill(of: dossierID)
            note("nothing to pay: no bill, no QR")
        case .printed:
            try await pay(dossierID)
        case .set(let amount, let reason):
            try demonstration.hold(
                assessed.feeStatus == .awaitingAmount || assessed.feeStatus == .due
                    || assessed.feeStatus == .settled,
                "an open fee has status \(assessed.feeStatus)")
            let bill = try await self.bill(of: dossierID)
            var request = PaymentsV1.SetBillAmountRequest()
            request.requestID = id("amount")
            request.billID = bill.billID
            request.feeLineID = bill.lines[0].feeLineID
            request.amountDong = amount
            request.reason = reason
            _ = try await call {
                try await PaymentsV1.BillsClient(demonstration.channel).setBillAmount(
                    request, options: official)
            }
            note("the source leaves the amount open; the cashier set \(dong(amount)) (\(reason))")
            try await pay(dossierID)
        }
    }

    private func expectNoBill(of dossierID: String) async throws {
        do {
            _ = try await bill(of: dossierID)
        } catch let status as Status where status.code == .notFound {
            return
        }
        throw DemonstrationFailure(message: "a free dossier has a bill")
    }

    private func pay(_ dossierID: String) async throws {
        let bill = try await demonstration.eventually("a payable bill") { () -> PaymentsV1.Bill? in
            let bill = try await self.bill(of: dossierID)
            return bill.reference.isEmpty ? nil : bill
        }
        let content = story.transferContent(bill.reference)
        if !bill.payload.isEmpty { try await showSymbol(of: bill) }
        var entry = PaymentsV1.RecordBankEntryRequest()
        entry.requestID = id("bank")
        entry.account = bill.account
        entry.bankReference = "FT\(demonstration.run)\(story.procedureID)"
        entry.direction = .credit
        entry.amountDong = bill.amountDong
        entry.content = content
        entry.bookTime = bill.createTime
        let booked = try await call {
            try await PaymentsV1.BankEntriesClient(demonstration.channel).recordBankEntry(
                entry, options: demonstration.bank)
        }
        note(
            "the bank books \(dong(booked.amountDong)), content \"\(content)\": \(booked.match.label)"
        )
        try demonstration.hold(
            booked.match == .matched, "the transfer did not match: \(booked.match.label)")
        let paid = try await self.bill(of: dossierID)
        for receiptID in paid.receiptIDs {
            var request = PaymentsV1.GetReceiptRequest()
            request.receiptID = receiptID
            let receipt = try await call {
                try await PaymentsV1.ReceiptsClient(demonstration.channel).getReceipt(
                    request, options: official)
            }
            note(
                "receipt \(receipt.series) no. \(receipt.number): \(dong(receipt.amountDong)) (\(receipt.amountInWords))",
                at: receipt.issueTime
            )
        }
        try demonstration.hold(
            paid.receiptIDs.count == 1, "there are \(paid.receiptIDs.count) receipts, not one")
        _ = try await demonstration.eventually("the settled fee at records") {
            let now = try await get(dossierID)
            return now.feeStatus == .settled ? now : nil
        }
    }

    private func showSymbol(of bill: PaymentsV1.Bill) async throws {
        for (format, suffix) in [
            (PaymentsV1.SymbolFormat.text, "txt"), (.svg, "svg"), (.png, "png"),
        ] {
            var request = PaymentsV1.GetSymbolRequest()
            request.billID = bill.billID
            request.format = format
            let symbol = try await call {
                try await PaymentsV1.BillsClient(demonstration.channel).getSymbol(
                    request, options: official)
            }
            try demonstration.hold(symbol.payload == bill.payload, "the symbol is not the bill's")
            if format == .text { printNow(String(decoding: symbol.content, as: UTF8.self)) }
            try Data(symbol.content).write(
                to: URL(fileURLWithPath: "\(demonstration.output)/\(bill.reference).\(suffix)"))
        }
        try Data(bill.payload.utf8).write(
            to: URL(fileURLWithPath: "\(demonstration.output)/\(bill.reference).payload"))
        note("to pay: \(dong(bill.amountDong)), reference \(bill.reference)", at: bill.createTime)
        note("payload \(bill.payload)")
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
        return accepted
    }

    private func work(_ dossier: RecordsV1.Dossier) async throws {
        var start = RecordsV1.StartProcessingRequest()
        start.requestID = id("start")
        start.dossierID = dossier.dossierID
        let started = try await call {
            try await dossiers.startProcessing(start, options: official)
        }
        say(started, at: started.steps.first?.startTime, "handed over to whoever handles it")
        for (index, step) in started.steps.enumerated() {
            if story.needsSupplement && index == 1 { try await supplement(started) }
            var complete = RecordsV1.CompleteStepRequest()
            complete.requestID = id("step-\(step.number)")
            complete.dossierID = dossier.dossierID
            complete.stepNumber = step.number
            let done = try await call {
                try await dossiers.completeStep(complete, options: official)
            }
            let ended = done.steps.first { $0.number == step.number }?.endTime
            say(done, at: ended, "step \(step.number): \(step.name)")
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
    private var official: CallOptions { demonstration.official }
    private func id(_ step: String) -> String { demonstration.requestID(story, step) }

    private func call<Value>(_ body: () async throws -> Value) async throws -> Value {
        try await demonstration.persistently(body)
    }

    private func get(_ dossierID: String) async throws -> RecordsV1.Dossier {
        var request = RecordsV1.GetDossierRequest()
        request.dossierID = dossierID
        return try await dossiers.getDossier(request, options: official)
    }

    private func bill(of dossierID: String) async throws -> PaymentsV1.Bill {
        var request = PaymentsV1.GetBillRequest()
        request.key = .dossierID(dossierID)
        return try await call {
            try await PaymentsV1.BillsClient(demonstration.channel).getBill(
                request, options: official)
        }
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
    private func note(_ what: String, at time: GoogleProtobuf.Timestamp? = nil) {
        let column = (time?.instant?.formatted(in: .vietnam) ?? "").padded(30)
        printNow("    \(column)\(what)")
    }

    private func local(_ time: GoogleProtobuf.Timestamp?) -> String {
        time?.instant.map { $0.formatted(in: .vietnam) } ?? "?"
    }

    private func hex(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { String(format: "%02x", $0) }.joined()
    }
}
