import Foundation
import RPC

/// One request to change something, as the writer needs it: hashed, so that the database alone
/// reveals neither who sent which `request_id` nor what stood in the request.
package struct Command: Sendable {
    /// How much of the command its audit link binds.
    package enum Audit: Hashable, Sendable {
        /// Time, principal, method, subject, outcome and a salted commitment to the body.
        case full
        /// Time, method and outcome: for answers that no row may tie to a person. The principal
        /// enters the idempotency key and is stored nowhere.
        case methodOnly
    }

    /// A longer `request_id` is refused.
    package static let requestIDCharactersMax = 64

    let method: String
    let key: Data
    let bodyHash: Data
    let audit: AuditIntent

    /// - Parameters:
    ///   - principal: Who acts. An opaque identifier: it is part of the audit chain and cannot be
    ///     erased.
    ///   - contentDigest: What travelled beside the request and makes it another request when it
    ///     differs, such as the SHA-256 of an uploaded file.
    /// - Throws: INVALID_ARGUMENT when the `request_id` is not 1 to 64 visible ASCII characters, or
    ///   when the request cannot be written.
    package init(
        principal: String, method: Method, request: some IdempotentRequest,
        contentDigest: [UInt8] = [],
        audit: Audit = .full
    ) throws(Status) {
        let requestID = request.requestID
        guard (1...Self.requestIDCharactersMax).contains(requestID.utf8.count),
            requestID.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else {
            throw Status(
                .invalidArgument,
                "request_id must be 1 to \(Self.requestIDCharactersMax) visible ASCII characters: "
                    + "send a new random UUID with every new request, the same one with a retry."
            )
        }
        let body = try Self.body(of: request)
        self.method = method.path
        key = Idempotency.key(principal: principal, method: method.path, requestID: requestID)
        bodyHash = Idempotency.bodyHash(
            requestID: requestID, body: body, contentDigest: contentDigest)
        self.audit =
            switch audit {
            case .full: AuditIntent(principal: principal, body: body + contentDigest)
            case .methodOnly: AuditIntent.anonymous
            }
    }

    private static func body(of request: some IdempotentRequest) throws(Status) -> [UInt8] {
        var blanked = request
        blanked.requestID = ""
        do {
            return try blanked.serialized()
        } catch {
            let field = error.field.isEmpty ? "The request" : error.field
            throw Status(.invalidArgument, "\(field) cannot be encoded: \(error.message)")
        }
    }
}
