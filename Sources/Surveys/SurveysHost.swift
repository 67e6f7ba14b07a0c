import Logging
import RPC
import Storage
import WorkingTime

/// The surveys service, put together over one data directory that this process owns.
package struct SurveysHost: Sendable {
    package let services: [any Service]
    package let store: Store

    /// Opens or makes `surveys.sqlite` and `token.secret` in the directory. Blocks.
    package static func open(
        directory: String, clock: @escaping @Sendable () -> Instant, logger: Logger
    ) throws -> SurveysHost {
        var options = Store.Options()
        options.report = { logger.error("the store failed", metadata: ["error": "\($0)"]) }
        let store = try Store(
            path: directory + "/surveys.sqlite", migrations: SurveysSchema.migrations,
            options: options)
        let secret = try TokenSecret(path: directory + "/token.secret")
        return SurveysHost(
            services: [
                InvitationsEndpoint(store: store, secret: secret, clock: clock),
                AnswersEndpoint(store: store, clock: clock),
                SummariesEndpoint(store: store),
                JournalEndpoint(store: store),
            ],
            store: store)
    }

    package func close() async {
        await store.close()
    }
}
