import Messages
import RPC
import Storage

struct SummariesEndpoint: SurveysV1.SummariesService {
    let store: Store

    func getSummary(
        _ request: SurveysV1.GetSummaryRequest, context: CallContext
    ) async throws -> SurveysV1.Summary {
        try Status.demand([
            request.unit.isEmpty
                ? nil : .identifier("unit", request.unit, bytesMax: Cohort.unitBytesMax)
        ])
        guard let period = Period(request.period) else {
            throw Status(invalid: [
                FieldViolation(field: "period", remedy: "send a month such as 2026-02")
            ])
        }
        let unit = request.unit.isEmpty ? nil : request.unit
        let totals = try await store.read { database in
            var totals = try AnswerTable(database: database).totals(unit: unit, period: period)
            totals.invited = try InvitationTable(database: database).count(
                unit: unit, period: period)
            return totals
        }
        return SurveysV1.Summary(totals, unit: request.unit, period: period)
    }
}
