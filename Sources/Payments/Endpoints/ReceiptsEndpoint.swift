import Messages
import RPC
import Storage

struct ReceiptsEndpoint: PaymentsV1.ReceiptsService {
    let desk: PaymentsDesk

    func getReceipt(
        _ request: PaymentsV1.GetReceiptRequest, context: CallContext
    ) async throws -> PaymentsV1.Receipt {
        var check = RequestCheck()
        check.identifier(request.receiptID, "receipt_id")
        try check.finish()
        let id = request.receiptID
        let receipt = try await desk.store.read { try ReceiptTable(database: $0).receipt(id) }
        guard let receipt else { throw Status.receiptNotFound }
        return PaymentsV1.Receipt(receipt)
    }
}
