/// The limits of what is kept and how it travels.
package enum DocumentLimits {
    /// 2 GiB.
    package static let contentBytesMax: Int64 = 2 << 30
    /// Of one message of an upload.
    package static let uploadChunkBytesMax = 1 << 20
    /// Of one message of a download.
    package static let downloadChunkBytes = 256 << 10
    /// Uploads under way at the same time, so that what they may fill of the disk is bounded.
    package static let uploadsMax = 64
    /// Of one dossier, so that its list fits into one message.
    package static let documentsPerDossierMax = 1_000
    /// In UTF-8 bytes.
    package static let fileNameBytesMax = 255
    /// Of a dossier's, component's or document's id, in UTF-8 bytes.
    package static let identifierBytesMax = 128
}
