import Messages
import RPC

/// Every method of the services behind the gateway, forwarded by its path with the payload
/// untouched.
struct Forwarding: Service {
    let handlers: [Handler]

    init(upstreams: Upstreams) {
        handlers = MessageRegistry.product.calls.compactMap { call in
            // Health and the gateway's own methods are answered here.
            guard let upstream = Upstream(serving: call.method.service) else { return nil }
            return .forwarding(call.method, to: upstreams.channel(to: upstream)) { context in
                try upstreams.options(forwarding: context)
            }
        }
    }
}
