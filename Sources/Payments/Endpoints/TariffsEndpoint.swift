import Identity
import Ledger
import Messages
import RPC
import Storage
import WorkingTime

struct TariffsEndpoint: PaymentsV1.TariffsService {
    let desk: PaymentsDesk

    func registerTariff(
        _ request: PaymentsV1.RegisterTariffRequest, context: CallContext
    ) async throws -> PaymentsV1.RegisterTariffResponse {
        let tariff = try Tariff(reading: request)
        return try await desk.run(request, context) { commands, transaction in
            if let rejection = try commands.register(tariff, in: &transaction) {
                return .failure(Status(rejection))
            }
            return .success(PaymentsV1.RegisterTariffResponse())
        }
    }
}

extension Tariff {
    fileprivate init(reading request: PaymentsV1.RegisterTariffRequest) throws(Status) {
        var check = RequestCheck()
        check.identifier(request.procedureID, "procedure_id")
        check.require(request.version > 0, "version", "must be 1 or more")
        check.require(
            request.feeLines.count <= Bill.linesMax, "fee_lines",
            "must be at most \(Bill.linesMax) lines")
        var lines: [FeeLine] = []
        var seen: Set<String> = []
        for (index, message) in request.feeLines.enumerated() {
            let path = "fee_lines[\(index)]"
            check.require(
                seen.insert(message.feeLineID).inserted, "\(path).fee_line_id",
                "must be unique within the procedure version")
            if let line = FeeLine(reading: message, path, &check) { lines.append(line) }
        }
        try check.finish()
        self.init(
            procedureID: request.procedureID, version: Int64(request.version), lines: lines)
    }
}

extension FeeLine {
    /// `nil` when the check has found a fault.
    fileprivate init?(
        reading message: CommonV1.FeeLine, _ path: String, _ check: inout RequestCheck
    ) {
        check.identifier(message.feeLineID, "\(path).fee_line_id")
        check.text(message.per, "\(path).per")
        check.text(message.note, "\(path).note")
        if message.amountOpen {
            check.require(
                message.amountDong == 0, "\(path).amount_dong", "must be 0 where the amount is open"
            )
        } else {
            check.amount(
                message.amountDong, "\(path).amount_dong", within: 0...MoneyLimits.feeLineDongMax)
        }
        var channels: ChannelSet = []
        for (index, message) in message.channels.enumerated() {
            let channel = ChannelSet(message)
            check.require(
                channel != nil, "\(path).channels[\(index)]",
                "must be CHANNEL_DIRECT, CHANNEL_ONLINE or CHANNEL_POST")
            if let channel { channels.insert(channel) }
        }
        let kind = FeeKind(message.kind)
        check.require(
            kind != nil, "\(path).kind", "must be FEE_KIND_SERVICE_FEE or FEE_KIND_CHARGE")
        guard let kind else { return nil }
        self.init(
            id: message.feeLineID, kind: kind,
            amount: message.amountOpen ? .open : .fixed(dong: message.amountDong),
            per: message.per, note: message.note, channels: channels)
    }
}
