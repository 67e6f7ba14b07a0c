import Logging
import Storage
import WorkingTime

/// How often answers that nobody will ask for again are forgotten.
private let pruningInterval = Duration.seconds(3600)

/// Forgets answers older than the retention, now and every hour, until the task is cancelled.
func pruneAnswers(of store: Store, clock: @Sendable () -> Instant, logger: Logger) async {
    while !Task.isCancelled {
        do {
            let horizon = Idempotency.horizon(at: clock())
            while try await store.writer.pruneIdempotency(before: horizon)
                == Idempotency.prunedRowsMax
            {
                try Task.checkCancellation()
            }
        } catch is CancellationError {
            return
        } catch {
            logger.warning(
                "pruning failed; it is tried again in an hour", metadata: ["error": "\(error)"])
        }
        do { try await Task.sleep(for: pruningInterval) } catch { return }
    }
}
