import Identity
import Messages
import RPC
import RPCTesting
import Storage
import WorkingTime

@testable import Records

// What heads, operators and time itself do.
extension Counter {
    func deadlines(
        as principal: String = "nguyen.van.an", _ role: CommonV1.Role = .head,
        of agency: String = ""
    ) -> RecordsV1.DeadlinesClient {
        let server = InProcessServer(
            services: host.services,
            interceptors: [FixedCaller(role: role, principal: principal, agency: agency)])
        return .init(server.makeChannel())
    }

    func importCalendar(
        _ text: String, dryRun: Bool = false
    ) async throws -> RecordsV1.ImportCalendarResponse {
        var request = RecordsV1.ImportCalendarRequest()
        request.requestID = newRequestID()
        request.text = text
        request.dryRun = dryRun
        return try await deadlines("truong.ban.operator", .operator).importCalendar(request)
    }

    func setShifts(
        _ agency: String, _ shifts: String = "", from day: String = "",
        halfDays: [(String, String)] = []
    ) async throws -> RecordsV1.Shifts {
        var request = RecordsV1.SetShiftsRequest()
        request.requestID = newRequestID()
        request.agency = agency
        request.shifts = shifts
        request.fromDay = day
        request.halfDays = halfDays.map { day, shifts in
            .with {
                $0.day = day
                $0.shifts = shifts
            }
        }
        return try await deadlines("truong.ban.operator", .operator).setShifts(request)
    }

    func shifts(of agency: String, on day: String) async throws -> RecordsV1.Shifts {
        try await deadlines().getShifts(
            .with {
                $0.agency = agency
                $0.day = day
            })
    }

    func suspend(
        _ dossier: RecordsV1.Dossier, from: String? = nil, cause: RecordsV1.HoldCause = .decision
    ) async throws -> RecordsV1.Dossier {
        var request = RecordsV1.SuspendClockRequest()
        request.requestID = newRequestID()
        request.dossierID = dossier.dossierID
        request.cause = cause
        request.reason = "Chờ quyết định của tòa án"
        request.legalBasis = "Luật Đất đai 2024, Điều 159"
        request.fromTime = from.map { .init(at($0)) }
        return try await deadlines().suspendClock(request)
    }

    func resume(
        _ dossier: RecordsV1.Dossier, at to: String? = nil
    ) async throws -> RecordsV1.Dossier {
        var request = RecordsV1.ResumeClockRequest()
        request.requestID = newRequestID()
        request.dossierID = dossier.dossierID
        request.toTime = to.map { .init(at($0)) }
        return try await deadlines().resumeClock(request)
    }

    func extend(_ dossier: RecordsV1.Dossier, by units: Int32) async throws -> RecordsV1.Dossier {
        var request = RecordsV1.ExtendDeadlineRequest()
        request.requestID = newRequestID()
        request.dossierID = dossier.dossierID
        request.units = units
        request.letterNumber = "45/CN1-XL"
        request.reason = "Hồ sơ phức tạp"
        return try await deadlines().extendDeadline(request)
    }

    func explain(
        _ id: String, until: String? = nil
    ) async throws -> RecordsV1.ExplainDeadlineResponse {
        try await deadlines().explainDeadline(
            .with {
                $0.dossierID = id
                $0.untilTime = until.map { .init(at($0)) }
            })
    }

    func moves(of id: String) async throws -> [String] {
        let request = RecordsV1.GetDeadlineMovesRequest.with { $0.dossierID = id }
        return try await deadlines().getDeadlineMoves(request).moves.map { move in
            "\(move.cause) \(move.dueTimeBefore?.local ?? "-") \(move.dueTimeAfter?.local ?? "-")"
        }
    }

    func rederivation() async throws -> RecordsV1.Rederivation {
        try await deadlines().getRederivation(.init())
    }

    /// What a head sees, newest first: kind, due time.
    func escalations(
        _ principal: String, _ role: CommonV1.Role = .head, all: Bool = false
    ) async throws -> [RecordsV1.Escalation] {
        try await deadlines(as: principal, role).listEscalations(
            .with { $0.includeAcknowledged = all }
        ).escalations
    }

    /// What was told in the journal of what falls due: kind, due time, in its order.
    func notices() async throws -> [String] {
        try await events().compactMap { event in
            switch event.event {
            case .dossierDueSoon(let body): "soon \(body.dueTime?.local ?? "")"
            case .dossierOverdue(let body): "overdue \(body.dueTime?.local ?? "")"
            case .stepOverdue(let body): "step \(body.stepNumber) \(body.dueTime?.local ?? "")"
            case .partOverdue(let body): "part \(body.partNumber) \(body.dueTime?.local ?? "")"
            default: nil
            }
        }
    }

    /// Lets time do all that it has to do now.
    func catchUp() async throws { try await host.deadlineWork.catchUp() }
}

extension Counter {
    fileprivate func deadlines(
        _ principal: String, _ role: CommonV1.Role
    ) -> RecordsV1.DeadlinesClient { deadlines(as: principal, role) }
}

extension String {
    /// The calendar that ships with the program, with lines of its own, under another version.
    static func calendar(
        _ version: String, effective day: String, adding lines: [String] = []
    ) -> String {
        WorkCalendar.vietnam2025To2026Text
            .replacing("version vn-2025-2026", with: "version \(version)")
            .replacing("effective 2025-01-01", with: "effective \(day)")
            + "\n" + lines.joined(separator: "\n")
    }
}
