import WorkingTime

/// One of the lists that somebody works through (hàng đợi). Every list is a range of one index, so
/// a page of it costs the same for the head of the city and for an official of a ward.
package struct QueueScope: Hashable, Sendable {
    package enum Kind: Int, Hashable, Sendable, CaseIterable {
        /// Open dossiers of an agency and all below it.
        case agency = 1
        /// Open dossiers that an official answers for, works on or follows.
        case official = 2
        /// Open dossiers that a counter took in, wherever they are worked on.
        case counter = 3
        /// Open dossiers at one step of one procedure in one agency.
        case step = 4
        /// Dossiers that a counter has not accepted yet.
        case reception = 5
        /// Dossiers whose result waits at the counter for the citizen.
        case handOver = 6
    }

    package var kind: Kind
    package var id: String

    package static func agency(_ code: String) -> Self { Self(kind: .agency, id: code) }
    package static func official(_ name: String) -> Self { Self(kind: .official, id: name) }
    package static func counter(_ unit: String) -> Self { Self(kind: .counter, id: unit) }
    package static func reception(_ unit: String) -> Self { Self(kind: .reception, id: unit) }
    package static func handOver(_ unit: String) -> Self { Self(kind: .handOver, id: unit) }

    /// An agency's identifier has no blank, so no two steps share an id.
    package static func step(_ number: Int, of procedureID: String, in agency: String) -> Self {
        Self(kind: .step, id: "\(agency) \(number) \(procedureID)")
    }
}

/// By what the dossiers of a queue are in order: an instant, or one of two places after all
/// instants.
package struct QueueKey: Hashable, Comparable, Sendable {
    package let milliseconds: Int64

    package init(milliseconds: Int64) { self.milliseconds = milliseconds }
    package init(_ instant: Instant) { milliseconds = instant.millisecondsSinceEpoch }

    /// The clock stands still and the limit was not exceeded before: nothing is due until it runs
    /// again.
    package static let clockStopped = QueueKey(milliseconds: .max - 1)
    /// The procedure has no limit.
    package static let noLimit = QueueKey(milliseconds: .max)

    /// Every instant is less.
    package static let afterInstants = clockStopped

    package static func < (left: Self, right: Self) -> Bool {
        left.milliseconds < right.milliseconds
    }

    package var instant: Instant? {
        self < Self.afterInstants ? Instant(millisecondsSinceEpoch: milliseconds) : nil
    }
}

/// In which queues a dossier stands, and where in them: a pure function of the dossier and of the
/// paths of the agencies that received and hold it.
///
/// | state | queues | in order of |
/// | --- | --- | --- |
/// | 1; 5 and 6 before acceptance | reception of the receiving unit | hand-in |
/// | 2; 4, 5 and 6 after acceptance | agencies, officials, counter, step | due time |
/// | 9 | hand-over of the receiving unit | issue of the result |
/// | 3, 7, 8, 10 | none | |
package struct QueuePlace: Hashable, Sendable {
    package var key: QueueKey
    package var scopes: Set<QueueScope>

    /// - Parameter path: From the root down to who answers for an agency now, which for a closed one
    ///   is another.
    /// - Returns: `nil` for a dossier that nobody has to work on any more.
    package init?(of dossier: Dossier, path: (String) throws -> [String]) rethrows {
        func counter() throws -> String {
            try path(dossier.receivingUnit).last ?? dossier.receivingUnit
        }
        switch dossier.state {
        case .refused, .withdrawn, .stopped, .returned:
            return nil
        case .finished:
            key = QueueKey(dossier.finishTime ?? dossier.submitTime)
            scopes = [.handOver(try counter())]
        case .registered, .accepted, .processing, .awaitingSupplement, .awaitingPayment:
            guard dossier.isAccepted else {
                key = QueueKey(dossier.submitTime)
                scopes = [.reception(try counter())]
                return
            }
            key = dossier.queueKey
            scopes = Set(try dossier.actingAgencies.flatMap(path).map(QueueScope.agency))
            scopes.formUnion(dossier.queueOfficials.map(QueueScope.official))
            scopes.insert(.counter(try counter()))
            if dossier.state != .accepted, let step = dossier.currentStep {
                let agency = try path(dossier.handlingAgency).last ?? dossier.handlingAgency
                scopes.insert(.step(step.number, of: dossier.procedureID, in: agency))
            }
        }
    }
}

extension Dossier {
    /// Where an accepted dossier stands in its queues. One that was late before its clock stopped
    /// stays late: a supplement does not mend that.
    package var queueKey: QueueKey {
        guard let due = due.time else { return .noLimit }
        if let stop = clockStopTime, due >= stop { return .clockStopped }
        return QueueKey(due)
    }

    /// The agency that holds the dossier: its current step's, or its last's when all are done.
    package var handlingAgency: String {
        guard let agency = (currentStep ?? steps.last)?.agency, !agency.isEmpty else {
            return receivingUnit
        }
        return agency
    }

    /// The agencies that have to act: the one that holds the dossier, and those that a part of the
    /// work was sent to.
    package var actingAgencies: Set<String> {
        Set(parts.filter { $0.status == .open }.map(\.agency)).union([handlingAgency])
    }

    /// In whose own queues it stands: the holder of the current step, co-workers and followers.
    package var queueOfficials: Set<String> {
        var officials = Set(coWorkers + followers)
        if let assignee = currentStep?.assignee, !assignee.isEmpty { officials.insert(assignee) }
        return officials
    }
}

/// The path of an agency by its identifier alone, for one that the organisation does not know: the
/// parts of an identifier go from the city down, or from the agency up (Circular 01/2018 art. 19).
package func pathByIdentifier(_ agency: String) -> [String] {
    let parts = agency.split(separator: ".").map(String.init)
    guard parts.count > 1 else { return [agency] }
    if parts.last?.first?.isLetter == true {
        return parts.indices.reversed().map { parts[$0...].joined(separator: ".") }
    }
    return parts.indices.map { parts[...$0].joined(separator: ".") }
}
