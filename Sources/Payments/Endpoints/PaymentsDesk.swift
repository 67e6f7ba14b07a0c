import Identity
import Messages
import RPC
import Storage
import WorkingTime

/// What the endpoints share.
struct PaymentsDesk: Sendable {
    let store: Store
    let commands: PaymentsCommands
    let clock: @Sendable () -> Instant

    var account: ReceivingAccount { commands.terms.account }

    /// Runs a command once for its caller and `request_id`, in a transaction of its own.
    func run<Request: IdempotentRequest, Reply: Message>(
        _ request: Request, _ context: CallContext, memory: ReplyMemory<Reply> = .whole,
        _ body:
            @escaping @Sendable (PaymentsCommands, inout Transaction) throws -> Result<
                Reply, Status
            >
    ) async throws -> Reply {
        let command = try Command(
            principal: try context.caller.principal, method: context.method, request: request)
        let commands = commands
        return try await store.writer.run(command, at: clock(), memory: memory) { transaction in
            try body(commands, &transaction)
        }
    }
}
