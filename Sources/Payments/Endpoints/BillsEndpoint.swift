import Identity
import Messages
import RPC
import Storage
import VietQR
import WorkingTime

struct BillsEndpoint: PaymentsV1.BillsService {
    let desk: PaymentsDesk

    func assessDossier(
        _ request: PaymentsV1.AssessDossierRequest, context: CallContext
    ) async throws -> PaymentsV1.AssessDossierResponse {
        let order = try AssessmentOrder(reading: request)
        do {
            return try await desk.run(request, context) { commands, transaction in
                switch try commands.assess(order, in: &transaction) {
                case .success(let billID):
                    var response = PaymentsV1.AssessDossierResponse()
                    response.billID = billID ?? ""
                    return .success(response)
                // Thrown as it is, it is not remembered as the answer to this request_id: the fact
                // may come before its tariff, and takes effect once the tariff is there.
                case .failure(.tariffNotFound):
                    throw AssessmentRejection.tariffNotFound
                case .failure(let rejection):
                    return .failure(Status(rejection))
                }
            }
        } catch let rejection as AssessmentRejection {
            throw Status(rejection)
        }
    }

    func getBill(
        _ request: PaymentsV1.GetBillRequest, context: CallContext
    ) async throws -> PaymentsV1.Bill {
        guard let key = request.key else {
            throw Status.invalidArgument(
                field: "key", remedy: "must be one of bill_id, dossier_id and reference",
                domain: Status.paymentsDomain)
        }
        var check = RequestCheck()
        switch key {
        case .billID(let id): check.identifier(id, "bill_id")
        case .dossierID(let id): check.identifier(id, "dossier_id")
        case .reference(let text): check.identifier(text, "reference")
        }
        try check.finish()
        return try await bill(BillKey(key))
    }

    func setBillAmount(
        _ request: PaymentsV1.SetBillAmountRequest, context: CallContext
    ) async throws -> PaymentsV1.Bill {
        let order = try AmountOrder(reading: request)
        let principal = try context.caller.principal
        let account = desk.account
        return try await desk.run(request, context) { commands, transaction in
            switch try commands.setAmount(order, by: principal, in: &transaction) {
            case .success(let bill):
                .success(PaymentsV1.Bill(bill, receiptIDs: [], account: account))
            case .failure(let rejection):
                .failure(Status(rejection))
            }
        }
    }

    func getSymbol(
        _ request: PaymentsV1.GetSymbolRequest, context: CallContext
    ) async throws -> PaymentsV1.Symbol {
        var check = RequestCheck()
        check.identifier(request.billID, "bill_id")
        let format = SymbolRendering(request.format)
        check.require(
            format != nil, "format",
            "must be SYMBOL_FORMAT_SVG, SYMBOL_FORMAT_PNG or SYMBOL_FORMAT_TEXT")
        try check.finish()
        let key = BillKey.bill(request.billID)
        let bill = try await desk.store.read { try BillTable(database: $0).bill(key) }
        guard let bill else { throw Status.billNotFound }
        switch desk.account.payload(for: bill) {
        case .failure(let rejection): throw Status(rejection)
        case .success(let payload): return format!.symbol(of: payload)
        }
    }

    private func bill(_ key: BillKey) async throws -> PaymentsV1.Bill {
        let found = try await desk.store.read { database in
            try BillTable(database: database).bill(key).map { bill in
                (bill, try ReceiptTable(database: database).ids(ofBill: bill.id))
            }
        }
        guard let (bill, receiptIDs) = found else { throw Status.billNotFound }
        return PaymentsV1.Bill(bill, receiptIDs: receiptIDs, account: desk.account)
    }
}

extension BillKey {
    fileprivate init(_ key: PaymentsV1.GetBillRequest.Key) {
        self =
            switch key {
            case .billID(let id): .bill(id)
            case .dossierID(let id): .dossier(id)
            case .reference(let text): .reference(text)
            }
    }
}

private enum SymbolRendering {
    case svg, png, text

    init?(_ format: PaymentsV1.SymbolFormat) {
        switch format {
        case .svg: self = .svg
        case .png: self = .png
        case .text: self = .text
        case .unspecified, .unrecognized: return nil
        }
    }

    /// - Parameter payload: one of ours, and so printable ASCII and short enough.
    func symbol(of payload: String) -> PaymentsV1.Symbol {
        let qr: QRSymbol
        do {
            qr = try QRSymbol(payload)
        } catch {
            preconditionFailure("a payload has a symbol: \(error)")
        }
        var symbol = PaymentsV1.Symbol()
        symbol.payload = payload
        switch self {
        case .svg:
            symbol.mediaType = "image/svg+xml"
            symbol.content = Array(qr.svg().utf8)
        case .png:
            symbol.mediaType = "image/png"
            symbol.content = qr.png()
        case .text:
            symbol.mediaType = "text/plain; charset=utf-8"
            symbol.content = Array(qr.text(.coloured).utf8)
        }
        return symbol
    }
}

extension AssessmentOrder {
    fileprivate init(reading request: PaymentsV1.AssessDossierRequest) throws(Status) {
        var check = RequestCheck()
        check.identifier(request.dossierID, "dossier_id")
        check.identifier(request.procedureID, "procedure_id")
        check.require(request.procedureVersion > 0, "procedure_version", "must be 1 or more")
        let channel = ChannelSet(request.channel)
        check.require(
            channel != nil, "channel", "must be CHANNEL_DIRECT, CHANNEL_ONLINE or CHANNEL_POST")
        check.require(
            request.feeLineIDs.count <= Bill.linesMax, "fee_line_ids",
            "must be at most \(Bill.linesMax) lines")
        var seen: Set<String> = []
        for (index, id) in request.feeLineIDs.enumerated() {
            check.identifier(id, "fee_line_ids[\(index)]")
            check.require(
                seen.insert(id).inserted, "fee_line_ids[\(index)]", "must be named only once")
        }
        try check.finish()
        self.init(
            dossierID: request.dossierID, procedureID: request.procedureID,
            version: Int64(request.procedureVersion), channel: channel!,
            feeLineIDs: request.feeLineIDs)
    }
}

extension AmountOrder {
    fileprivate init(reading request: PaymentsV1.SetBillAmountRequest) throws(Status) {
        var check = RequestCheck()
        check.identifier(request.billID, "bill_id")
        check.identifier(request.feeLineID, "fee_line_id")
        check.amount(
            request.amountDong, "amount_dong", within: 0...MoneyLimits.setAmountDongMax)
        check.require(
            request.reason.contains { !$0.isWhitespace }, "reason",
            "must say the legal basis or the reason")
        check.text(request.reason, "reason")
        try check.finish()
        self.init(
            billID: request.billID, feeLineID: request.feeLineID, amountDong: request.amountDong,
            reason: request.reason)
    }
}
