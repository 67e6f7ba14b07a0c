import MotCuaClient
import RPC

/// One dossier's way, decided by the seed and its number alone.
struct Walk: Sendable {
    struct Outcome: Sendable {
        var dossierID: String
        var actions: Int
        /// As the last answer told it.
        var state: RecordsV1.DossierState
    }

    static let actionsMax = 14

    let desk: ProofDesk
    let number: Int

    func run() async throws -> Outcome {
        var random = SplitMix64(seed: desk.seed &+ UInt64(number) &* 0x9E37_79B9)
        var dossier = try await submit(&random)
        var actions = 1
        for step in 0..<Int.random(in: 0...Self.actionsMax, using: &random) {
            let draw = Int.random(in: 0..<100, using: &random)
            let before = dossier
            let id = "proof-\(desk.seed)-\(number)-\(step)"
            if let next = try await act(draw, on: before, id) {
                dossier = next
                actions += 1
            }
        }
        return Outcome(dossierID: dossier.dossierID, actions: actions, state: dossier.state)
    }

    private func submit(_ random: inout SplitMix64) async throws -> RecordsV1.Dossier {
        var request = RecordsV1.SubmitDossierRequest()
        request.requestID = "proof-\(desk.seed)-\(number)"
        request.procedureID = ProofDesk.procedures.randomElement(using: &random)!
        request.receivingUnit = ProofDesk.units.randomElement(using: &random)!
        request.channel = .direct
        var applicant = RecordsV1.Applicant()
        applicant.fullName = "Người Nộp \(number)"
        request.applicant = applicant
        let response = try await desk.persistently {
            try await desk.dossiers.submitDossier(request, options: desk.options)
        }
        return response.dossier!
    }

    /// - Returns: `nil` where the rules refuse it, which they may.
    private func act(
        _ draw: Int, on dossier: RecordsV1.Dossier, _ id: String
    ) async throws -> RecordsV1.Dossier? {
        switch dossier.state {
        case .registered where draw < 6: return try await end(dossier, id, isRefusal: true)
        case .registered where draw < 12: return try await end(dossier, id, isRefusal: false)
        case .registered: return try await accept(dossier, id)
        case .accepted where draw < 80:
            var request = RecordsV1.StartProcessingRequest()
            (request.requestID, request.dossierID) = (id, dossier.dossierID)
            return try await allowed {
                try await desk.dossiers.startProcessing(request, options: desk.options)
            }
        case .accepted, .processing:
            return try await work(draw, on: dossier, id)
        default: return nil
        }
    }

    private func accept(
        _ dossier: RecordsV1.Dossier, _ id: String
    ) async throws -> RecordsV1.Dossier? {
        var request = RecordsV1.AcceptDossierRequest()
        request.dossierID = dossier.dossierID
        let end = ContinuousClock.now + ProofDesk.patience
        var attempt = 0
        while ContinuousClock.now < end {
            // A refusal is the answer to its request_id for good.
            attempt += 1
            request.requestID = "\(id)-\(attempt)"
            do {
                return try await desk.persistently {
                    try await desk.dossiers.acceptDossier(request, options: desk.options)
                }
            } catch let status as Status where status.errorInfo?.reason == "FEE_NOT_ASSESSED" {
                try await Task.sleep(for: .milliseconds(20))
            }
        }
        throw ProofFailure(description: "payments did not assess \(dossier.dossierID)")
    }

    private func end(
        _ dossier: RecordsV1.Dossier, _ id: String, isRefusal: Bool
    ) async throws -> RecordsV1.Dossier? {
        if isRefusal {
            var request = RecordsV1.RefuseDossierRequest()
            (request.requestID, request.dossierID) = (id, dossier.dossierID)
            request.reason = "Không thuộc thẩm quyền"
            return try await allowed {
                try await desk.dossiers.refuseDossier(request, options: desk.options)
            }
        }
        var request = RecordsV1.WithdrawDossierRequest()
        (request.requestID, request.dossierID) = (id, dossier.dossierID)
        request.reason = "Không còn nhu cầu"
        return try await allowed {
            try await desk.dossiers.withdrawDossier(request, options: desk.options)
        }
    }

    private func work(
        _ draw: Int, on dossier: RecordsV1.Dossier, _ id: String
    ) async throws -> RecordsV1.Dossier? {
        let step = dossier.steps.first { $0.endTime == nil }
        switch draw % 20 {
        case 0...7:
            guard let step else { return try await issue(dossier, id) }
            var request = RecordsV1.CompleteStepRequest()
            (request.requestID, request.dossierID) = (id, dossier.dossierID)
            request.stepNumber = step.number
            return try await allowed {
                try await desk.dossiers.completeStep(request, options: desk.options)
            }
        case 8...11:
            guard let step else { return nil }
            var request = RecordsV1.AssignStepRequest()
            (request.requestID, request.dossierID) = (id, dossier.dossierID)
            request.stepNumber = step.number
            request.official = ProofDesk.officials[draw % ProofDesk.officials.count]
            request.reason = "Phân công"
            return try await allowed {
                try await RecordsV1.AssignmentsClient(desk.channel).assignStep(
                    request, options: desk.options)
            }
        case 12...14: return try await hold(dossier, id)
        case 15...16:
            var request = RecordsV1.ExtendDeadlineRequest()
            (request.requestID, request.dossierID) = (id, dossier.dossierID)
            request.units = Int32(1 + draw % 5)
            request.letterNumber = "\(number)/PXL"
            request.reason = "Cần xác minh thêm"
            return try await allowed {
                try await desk.deadlines.extendDeadline(request, options: desk.options)
            }
        case 17: return try await end(dossier, id, isRefusal: false)
        case 18:
            var request = RecordsV1.StopDossierRequest()
            (request.requestID, request.dossierID) = (id, dossier.dossierID)
            request.reason = "Không đủ điều kiện"
            request.cause = .refusedAfterAppraisal
            return try await allowed {
                try await desk.dossiers.stopDossier(request, options: desk.options)
            }
        default: return nil
        }
    }

    /// Stops the clock, or lets it run again.
    private func hold(
        _ dossier: RecordsV1.Dossier, _ id: String
    ) async throws -> RecordsV1.Dossier? {
        if dossier.isSuspended {
            var request = RecordsV1.ResumeClockRequest()
            (request.requestID, request.dossierID) = (id, dossier.dossierID)
            return try await allowed {
                try await desk.deadlines.resumeClock(request, options: desk.options)
            }
        }
        var request = RecordsV1.SuspendClockRequest()
        (request.requestID, request.dossierID) = (id, dossier.dossierID)
        request.cause = [.payment, .otherAgency, .decision][number % 3]
        request.reason = "Chờ văn bản trả lời"
        request.legalBasis = "Luật Đất đai 2024"
        return try await allowed {
            try await desk.deadlines.suspendClock(request, options: desk.options)
        }
    }

    private func issue(
        _ dossier: RecordsV1.Dossier, _ id: String
    ) async throws -> RecordsV1.Dossier? {
        var request = RecordsV1.IssueResultRequest()
        (request.requestID, request.dossierID) = (id, dossier.dossierID)
        request.number = "KQ-\(number)"
        request.summary = "Kết quả"
        return try await allowed {
            try await desk.dossiers.issueResult(request, options: desk.options)
        }
    }

    /// - Returns: `nil` where the rules say no; another failure is thrown.
    private func allowed(
        _ call: () async throws -> RecordsV1.Dossier
    ) async throws -> RecordsV1.Dossier? {
        do {
            return try await desk.persistently(call)
        } catch let status as Status
            where status.code == .failedPrecondition || status.code == .invalidArgument
        {
            return nil
        }
    }
}
