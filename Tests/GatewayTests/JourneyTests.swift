import Gateway
import Messages
import RPC
import Testing
import WorkingTime

/// Which event leads to which fact.
@Suite struct JourneyTests {
    private func entry(_ event: some Message, sequence: Int64 = 7) throws -> CommonV1.JournalEntry {
        var entry = CommonV1.JournalEntry()
        entry.epoch = "0f8fad5b-d9cb-469f-a165-70867728950e"
        entry.sequence = sequence
        entry.recordTime = .init(Instant(millisecondsSinceEpoch: 1_770_000_000_000))
        entry.type = type(of: event).fullName
        entry.payload = try event.serialized()
        return entry
    }

    private func facts(_ event: RecordsV1.RecordsEvent.Event) throws -> [Fact] {
        var whole = RecordsV1.RecordsEvent()
        whole.event = event
        return try Journey.react(to: entry(whole), of: .records)
    }

    private func fee(_ event: PaymentsV1.PaymentsEvent.Event) throws -> RecordsV1.RecordFeeRequest?
    {
        var whole = PaymentsV1.PaymentsEvent()
        whole.event = event
        let facts = try Journey.react(to: entry(whole, sequence: 41), of: .payments)
        guard let fact = facts.first else { return nil }
        #expect(facts.count == 1)
        #expect(fact.method == RecordsV1.Dossiers.recordFee)
        return try RecordsV1.RecordFeeRequest(serialized: fact.request)
    }

    @Test func anImportedProcedureRegistersItsTariffBeforeAnythingLater() throws {
        var line = CommonV1.FeeLine()
        line.feeLineID = "F1"
        line.amountDong = 200_000
        var imported = RecordsV1.ProcedureImported()
        imported.procedureID = "1708"
        imported.version = 3
        imported.feeLines = [line]
        let facts = try facts(.procedureImported(imported))
        #expect(facts.map(\.method) == [PaymentsV1.Tariffs.registerTariff])
        #expect(facts[0].isBarrier)
        let request = try PaymentsV1.RegisterTariffRequest(serialized: facts[0].request)
        #expect(request.procedureID == "1708")
        #expect(request.version == 3)
        #expect(request.feeLines == [line])
    }

    @Test func aSubmittedDossierIsAssessedUnderItsLinesAndChannel() throws {
        var submitted = RecordsV1.DossierSubmitted()
        submitted.dossierID = "d1"
        submitted.procedureID = "1708"
        submitted.procedureVersion = 3
        submitted.channel = .post
        submitted.feeLineIDs = ["F1"]
        let facts = try facts(.dossierSubmitted(submitted))
        #expect(facts.map(\.method) == [PaymentsV1.Bills.assessDossier])
        let request = try PaymentsV1.AssessDossierRequest(serialized: facts[0].request)
        #expect(request.dossierID == "d1")
        #expect(request.procedureVersion == 3)
        #expect(request.channel == .post)
        #expect(request.feeLineIDs == ["F1"])
    }

    @Test(arguments: RecordsV1.DossierState.all)
    func onlyAFinishedDossierInvitesItsCitizen(state: RecordsV1.DossierState) throws {
        var moved = RecordsV1.DossierMoved()
        moved.dossierID = "d1"
        moved.to = state
        moved.receivingUnit = "H26.001.00"
        let facts = try facts(.dossierMoved(moved))
        guard state == .finished else {
            #expect(facts.isEmpty)
            return
        }
        let request = try SurveysV1.InviteCitizenRequest(serialized: facts[0].request)
        #expect(request.dossierID == "d1")
        #expect(request.unit == "H26.001.00")
        #expect(request.eventTime?.instant == Instant(millisecondsSinceEpoch: 1_770_000_000_000))
    }

    @Test func everyTurnOfABillIsToldToRecordsWithItsPlaceInTheJournal() throws {
        var nothing = PaymentsV1.NothingDue()
        nothing.dossierID = "d1"
        var awaiting = PaymentsV1.BillAwaitsAmount()
        awaiting.dossierID = "d1"
        var issued = PaymentsV1.BillIssued()
        issued.dossierID = "d1"
        var paid = PaymentsV1.BillPaid()
        paid.dossierID = "d1"
        let table: [(PaymentsV1.PaymentsEvent.Event, RecordsV1.FeeStatus)] = [
            (.nothingDue(nothing), .noneDue), (.billAwaitsAmount(awaiting), .awaitingAmount),
            (.billIssued(issued), .due), (.billPaid(paid), .settled),
        ]
        for (event, status) in table {
            let request = try fee(event)
            #expect(request?.dossierID == "d1")
            #expect(request?.feeStatus == status)
            #expect(request?.sequence == 41)
        }
        #expect(try fee(.bankEntryBooked(.init())) == nil)
    }

    @Test func aStoredDocumentIsToldToRecords() throws {
        var stored = DigitizationV1.DocumentStored()
        stored.documentID = "doc1"
        stored.dossierID = "d1"
        stored.componentID = "C2"
        var whole = DigitizationV1.DigitizationEvent()
        whole.event = .documentStored(stored)
        let facts = try Journey.react(to: entry(whole), of: .digitization)
        let request = try RecordsV1.RecordDigitizationRequest(serialized: facts[0].request)
        #expect(request.dossierID == "d1")
        #expect(request.componentID == "C2")
        #expect(request.documentID == "doc1")
    }

    @Test func theSameEventAlwaysMakesTheSameRequestAndAnotherEventAnother() throws {
        var whole = RecordsV1.RecordsEvent()
        whole.event = .dossierSubmitted(.init())
        let first = try Journey.react(to: entry(whole, sequence: 7), of: .records)
        #expect(try Journey.react(to: entry(whole, sequence: 7), of: .records) == first)
        let request = try PaymentsV1.AssessDossierRequest(serialized: first[0].request)
        #expect(request.requestID == "j-0f8fad5bd9cb469fa16570867728950e-7")
        #expect(try Journey.react(to: entry(whole, sequence: 8), of: .records) != first)
        let longest = try Journey.react(to: entry(whole, sequence: .max), of: .records)
        #expect(
            try PaymentsV1.AssessDossierRequest(
                serialized: longest[0].renewed(mark: "0a1b2c3d").request
            ).requestID.utf8.count <= 64)
    }

    @Test func aRetryIsAnotherRequestWithTheSameContent() throws {
        var whole = RecordsV1.RecordsEvent()
        whole.event = .dossierSubmitted(.init())
        let fact = try Journey.react(to: entry(whole), of: .records)[0]
        let again = try fact.renewed(mark: "0a1b2c3d")
        var request = try PaymentsV1.AssessDossierRequest(serialized: again.request)
        #expect(request.requestID == "j-0f8fad5bd9cb469fa16570867728950e-7-0a1b2c3d")
        request.requestID = "j-0f8fad5bd9cb469fa16570867728950e-7"
        #expect(try request.serialized() == fact.request)
    }

    @Test func bytesThatAreNoEventAreRefused() throws {
        var entry = try entry(RecordsV1.RecordsEvent())
        entry.payload = [0xFF]
        #expect(throws: MessageError.self) { try Journey.react(to: entry, of: .records) }
    }

    @Test func aNewerServicesUnknownEventLeadsToNothing() throws {
        #expect(try Journey.react(to: entry(RecordsV1.RecordsEvent()), of: .records).isEmpty)
    }
}

@Suite struct CompletionTests {
    @Test(arguments: RecordsV1.DossierState.all)
    func everyNationalStateHasItsPlaceForThePublic(state: RecordsV1.DossierState) {
        let completion = GatewayV1.Completion(state)
        #expect((completion == nil) == (state == .unspecified))
        #expect(completion?.vietnamese.isEmpty != true)
    }
}
