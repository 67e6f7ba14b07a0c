import WorkingTime

/// What a document is to its dossier.
package enum DocumentLink: Hashable, Sendable {
    /// A paper that the citizen handed in (thành phần hồ sơ), by its id in the dossier's list. A
    /// later document of the same component does not replace an earlier one: both are kept and
    /// listed.
    case component(id: String)
    /// The result of the procedure.
    case result
}

/// An upload's header that holds: what the content must turn out to be.
package struct UploadPlan: Hashable, Sendable {
    package var dossierID: String
    package var link: DocumentLink
    package var fileName: FileName
    package var sizeBytes: Int64
    package var digest: ContentDigest
}

/// A stored document.
package struct StoredDocument: Hashable, Sendable {
    package var documentID: String
    package var plan: UploadPlan
    package var mediaType: MediaType
    /// Zero where the pages could not be counted.
    package var pageCount: Int32
    package var createTime: Instant
}
