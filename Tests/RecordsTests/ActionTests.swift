import Testing
import WorkingTime

@testable import Records

/// Every action from every state: what it reaches is what the sheet allows, and a refusal changes
/// nothing.
@Suite struct ActionTests {
    private typealias Action = @Sendable (inout DossierEdit) -> DossierRejection?

    private static let deadlines = Deadlines()
    private static let plan = [
        DossierStep(number: 1, name: "Thẩm định", startTime: nil, endTime: nil, official: "")
    ]
    private static let actions: [Action] = [
        { edit in
            switch edit.acceptance() {
            case .failure(let refused): refused.rejection
            case .success(let acceptance):
                edit.accept(acceptance, sequence: 1, deadlines: deadlines)
            }
        },
        { $0.refuse(reason: "r") }, { $0.withdraw(reason: "r") },
        { $0.stop(.atCitizensRequest, reason: "r") },
        { $0.startProcessing(plan) }, { $0.issueResult(number: "1", summary: "s") },
        { $0.returnResult() }, { $0.requestSupplement(reason: "r", componentIDs: ["C1"]) },
        { $0.receiveSupplement(deadlines: deadlines) },
        {
            $0.recordFee(.due, from: FeePlace(epoch: "e", sequence: 9))
            return nil
        },
        {
            $0.recordFee(.settled, from: FeePlace(epoch: "e", sequence: 9))
            return nil
        },
    ]

    /// A dossier that lacks nothing, in a state.
    private static func ready(_ state: DossierState, isAccepted: Bool) throws -> Dossier {
        let now = at("2026-03-02T09:00")
        let content = try Samples.procedure("1489")
        var dossier = Dossier(
            id: "d", code: isAccepted ? "c" : nil, state: state, procedureID: "1489",
            procedureVersion: 1, procedureName: content.name, receivingUnit: "H26.001.00",
            channel: .direct,
            applicant: Applicant(
                fullName: "An", identityNumber: "", phone: "", email: "", address: ""),
            limit: content.limits[0], feeLines: [], feeStatus: .noneDue,
            feePlace: FeePlace(epoch: "e", sequence: 1),
            components: content.components.map {
                DossierComponent(
                    id: $0.id, name: $0.name, originals: 1, copies: 0, documentID: "d-\($0.id)")
            }, supersededDocumentIDs: [], steps: [], supplements: [],
            result: DossierResult(number: "", summary: "", documentID: "d-result"),
            regime: Regime.all[1], submitTime: now, acceptTime: isAccepted ? now : nil,
            due: isAccepted ? .dated(now) : .notAccepted, finishTime: nil, returnTime: nil)
        if state == .awaitingSupplement {
            dossier.supplements = [
                Supplement(
                    number: 1, reason: "r", componentIDs: ["C1"], requestTime: now,
                    receiveTime: nil, dueTimeBefore: nil, dueTimeAfter: nil)
            ]
        }
        return dossier
    }

    @Test(
        arguments: [
            ("e", 1, false), ("e", 0, false), ("e", 2, true), ("f", 1, true), ("f", 9, true),
        ] as [(String, Int64, Bool)])
    func anOlderFeeOfTheSameEpochUndoesNothing(
        epoch: String, sequence: Int64, isTaken: Bool
    ) throws {
        let dossier = try Self.ready(.registered, isAccepted: false)
        var edit = DossierEdit(dossier, actor: "a", now: at("2026-03-03T09:00"))
        edit.recordFee(.settled, from: FeePlace(epoch: epoch, sequence: sequence))
        #expect(edit.dossier.feeStatus == (isTaken ? .settled : .noneDue))
        let place = isTaken ? FeePlace(epoch: epoch, sequence: sequence) : dossier.feePlace
        #expect(edit.dossier.feePlace == place)
    }

    @Test func actionsReachWhatTheSheetAllows() throws {
        var reached: [Bool: Set<[Int]>] = [false: [], true: []]
        for state in DossierState.allCases {
            for isAccepted in [false, true] {
                let dossier = try Self.ready(state, isAccepted: isAccepted)
                for act in Self.actions {
                    var edit = DossierEdit(dossier, actor: "a", now: at("2026-03-03T09:00"))
                    if let rejection = act(&edit) {
                        #expect(edit.dossier == dossier && edit.entries.isEmpty, "\(rejection)")
                    }
                    if edit.dossier.state != state {
                        #expect(edit.moves.last?.to == edit.dossier.state)
                        #expect(edit.entries.count >= edit.moves.count)
                        reached[isAccepted]?.insert([state.rawValue, edit.dossier.state.rawValue])
                    }
                }
            }
        }
        let early = StateTests.pairs(StateTests.beforeAcceptance)
        let late = StateTests.pairs(StateTests.afterAcceptance)
        #expect(reached[false]?.filter { [1, 5, 6].contains($0[0]) } == early)
        #expect(reached[true]?.filter { [2, 4, 5, 6, 9].contains($0[0]) } == late)
        #expect(
            (reached[false] ?? []).union(reached[true] ?? []).allSatisfy {
                ![3, 7, 8, 10].contains($0[0])
            })
    }
}
