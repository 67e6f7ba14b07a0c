import Identity
import Messages
import RPC

/// The ways to the services behind the gateway, and the one place that says to them who calls.
package struct Upstreams: Sendable {
    private let channels: [Upstream: any Channel]
    private let seal: CallerSeal

    /// - Parameter channels: One for each service.
    package init(channels: [Upstream: any Channel], seal: CallerSeal) {
        precondition(
            Upstream.allCases.allSatisfy { channels[$0] != nil }, "every service has its channel")
        self.channels = channels
        self.seal = seal
    }

    package func channel(to upstream: Upstream) -> any Channel { channels[upstream]! }

    /// Options for a call that the gateway forwards: its caller's deadline, its caller's identity
    /// under seal, the rest of its metadata.
    func options(forwarding context: CallContext) throws -> CallOptions {
        var metadata = context.metadata
        // The proof stays here; the services are told what was proved.
        metadata.remove("authorization")
        return try seal.stamp(
            CallOptions(forwarding: context, metadata: metadata), caller: try context.caller)
    }

    /// Options for a call of the gateway's own.
    func options(timeout: Duration?, retries: RetryPolicy = .standard) throws -> CallOptions {
        try seal.stamp(CallOptions(timeout: timeout, retries: retries), caller: Self.gateway)
    }

    static var gateway: CommonV1.Caller {
        var caller = CommonV1.Caller()
        caller.principal = PrincipalName.gateway
        caller.roles = [.gateway]
        return caller
    }
}
