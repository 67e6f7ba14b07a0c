import Messages
import RPC

// Who answers for the dossier, and why it is due when it is.
extension Journey {
    /// Gives the first step to its handler, unless the organisation has given it to somebody already.
    func assign(_ dossier: RecordsV1.Dossier) async throws -> RecordsV1.Dossier {
        guard let step = dossier.steps.first, step.assignee.isEmpty else { return dossier }
        var request = RecordsV1.AssignStepRequest()
        request.requestID = id("assign")
        request.dossierID = dossier.dossierID
        request.stepNumber = step.number
        request.official = Demonstration.handler
        request.reason = "Phân công thụ lý"
        return try await call {
            try await RecordsV1.AssignmentsClient(demonstration.channel).assignStep(
                request, options: official)
        }
    }

    func showAccountability(for dossier: RecordsV1.Dossier) async throws {
        guard let step = dossier.steps.first else { return }
        var request = RecordsV1.GetAccountableHeadRequest()
        request.agency = step.agency
        let head = try await call {
            try await RecordsV1.OrganisationClient(demonstration.channel).getAccountableHead(
                request, options: official)
        }
        note(
            "người giữ bước \(step.number): \(step.assignee); "
                + "người đứng đầu chịu trách nhiệm: \(head.title) \(head.fullName)")
    }

    /// What lies with the holder of the first step: this dossier is among it.
    func showQueue(of dossier: RecordsV1.Dossier) async throws {
        guard let holder = dossier.steps.first?.assignee else { return }
        // A run that repeats another of its name finds the work done.
        guard try await get(dossier.dossierID).state == .processing else { return }
        let queues = RecordsV1.QueuesClient(demonstration.channel)
        var queue = RecordsV1.Queue()
        queue.scope = .official(holder)
        var ask = RecordsV1.CountQueueRequest()
        ask.queue = queue
        let count = try await call {
            try await queues.countQueue(ask, options: demonstration.signedIn(holder))
        }
        var list = RecordsV1.ListQueueRequest()
        list.queue = queue
        list.pageSize = 1
        let first = try await call {
            try await queues.listQueue(list, options: demonstration.signedIn(holder))
        }.items.first
        guard let first else {
            throw DemonstrationFailure(message: "the queue of \(holder) is empty")
        }
        let due = first.dueTime.map { "hạn \(local($0))" } ?? "không có hạn"
        note("hàng việc của \(holder): \(count.count) hồ sơ, đầu hàng \(first.code), \(due)")
    }

    /// The four kinds of time must add up to the time elapsed.
    func explainDeadline(of dossier: RecordsV1.Dossier) async throws {
        var request = RecordsV1.ExplainDeadlineRequest()
        request.dossierID = dossier.dossierID
        let told = try await call {
            try await RecordsV1.DeadlinesClient(demonstration.channel).explainDeadline(
                request, options: official)
        }
        let holders = [
            ("cơ quan", told.agencyMinutes), ("công dân", told.citizenMinutes),
            ("cơ quan khác", told.otherAgencyMinutes), ("tạm dừng", told.suspendedMinutes),
        ]
        try demonstration.hold(
            holders.map(\.1).reduce(0, +) == told.elapsedMinutes,
            "the holders' minutes do not add up to \(told.elapsedMinutes)")
        let limit = told.limit?.text ?? ""
        let due = told.dueTime.map { "hẹn trả \(local($0))" } ?? "không có hạn"
        note(
            "giải trình thời hạn \(limit): \(due), lịch \(told.calendarVersion), ca \(told.shifts)")
        note(
            "đã qua \(told.elapsedMinutes) phút = "
                + holders.map { "\($0.0) \($0.1)" }.joined(separator: " + ")
                + "; tính vào thời hạn \(told.countedMinutes) phút")
    }
}
