import WorkingTime

package enum VersionStatus: Int, Hashable, Sendable, CaseIterable {
    /// Changes; nobody can hand a dossier in under it.
    case draft = 1
    /// Never changes.
    case published = 2
    /// Takes no new dossiers; old ones go on.
    case retired = 3
}

/// What became of a procedure version, when, by whom and why.
package struct VersionLog: Hashable, Sendable {
    package var status: VersionStatus
    /// When the draft was last saved, or the version imported.
    package var saveTime: Instant
    package var savedBy: String
    /// How often the draft was saved.
    package var draftRevision: Int
    package var publication: Publication?
    package var retirement: Retirement?

    package struct Publication: Hashable, Sendable {
        /// From which new dossiers use the version.
        package var effectiveDay: CivilDate
        package var time: Instant
        package var by: String
        /// What changed.
        package var change: String
        /// Why.
        package var reason: String
    }

    package struct Retirement: Hashable, Sendable {
        package var time: Instant
        package var by: String
        package var reason: String
    }
}

/// A version as it is kept.
package struct KeptVersion: Hashable, Sendable {
    package var procedure: Procedure
    package var log: VersionLog
}

/// Why a version stays as it is.
package enum CatalogueRejection: Hashable, Sendable {
    case procedureNotFound
    /// The procedure takes no new dossiers.
    case procedureRetired
    /// Nothing of it is published, or not yet in force.
    case procedureNotPublished
    /// There is no draft of this version.
    case draftNotFound
    /// Somebody saved the draft since: it is at this revision.
    case draftChanged(revision: Int)
    /// Another procedure is published under the same national code.
    case nationalCodeTaken(by: String)
    case invalid([FieldViolation])
}
