import RPC
import Synchronization

/// Dossiers by what may be done with them next.
final class Stages: Sendable {
    enum Stage: Hashable, CaseIterable, Sendable {
        case handedIn
        case accepted
        /// With its current step.
        case processing
        case awaitingSupplement
        case done
        case finished
    }

    struct Item: Sendable {
        var dossierID: String
        var step: Int32 = 0
        var papers: [String] = []
        /// Facts about it may be on their way until then.
        var ripe: ContinuousClock.Instant = .now
    }

    private let queues = Mutex<[Stage: [Item]]>([:])

    func add(_ item: Item, to stage: Stage) {
        queues.withLock { $0[stage, default: []].append(item) }
    }

    /// Any item that is ripe; the oldest are.
    func take(from stage: Stage) -> Item? {
        queues.withLock { queues in
            guard let first = queues[stage]?.first, first.ripe <= .now else { return nil }
            return queues[stage]?.removeFirst()
        }
    }
}
