import Messages
import Operations
import RPC
import Storage

struct JournalEndpoint: PaymentsV1.JournalService {
    let store: Store

    func follow(
        _ request: CommonV1.FollowRequest, responses: ResponseWriter<CommonV1.JournalEntry>,
        context: CallContext
    ) async throws {
        try await streamJournal(of: store, from: request, to: responses)
    }
}
