import Messages
import RPC

private let domain = "digitization.motcua"

typealias FieldViolation = GoogleRPC.BadRequest.FieldViolation

extension Status {
    init(invalid violations: [FieldViolation]) {
        let sentences = violations.map { "\($0.field): \($0.description)" }
        self.init(
            .invalidArgument, reason: "FIELD_INVALID", domain: domain,
            message: sentences.joined(separator: "; "), fields: violations)
    }

    init(_ rejection: UploadRejection) {
        let (code, reason, message): (StatusCode, String, String) =
            switch rejection {
            case .headerMissing:
                (
                    .invalidArgument, "HEADER_MISSING",
                    "The first message of an upload must be its header."
                )
            case .headerRepeated:
                (
                    .invalidArgument, "HEADER_REPEATED",
                    "An upload has one header: send only chunks after it, and begin another call "
                        + "for another file."
                )
            case .partMissing:
                (
                    .invalidArgument, "PART_MISSING",
                    "A message of an upload must hold the header or a chunk."
                )
            case .chunkEmpty:
                (
                    .invalidArgument, "CHUNK_EMPTY",
                    "A chunk must hold 1 to \(DocumentLimits.uploadChunkBytesMax) bytes; end the "
                        + "stream after the last one."
                )
            case .chunkTooLarge(let bytes):
                (
                    .invalidArgument, "CHUNK_TOO_LARGE",
                    "A chunk has \(bytes) bytes; send at most "
                        + "\(DocumentLimits.uploadChunkBytesMax) in each message."
                )
            case .contentTooLong(let announced):
                (
                    .invalidArgument, "CONTENT_TOO_LONG",
                    "More came than the \(announced) bytes that header.size_bytes announces: "
                        + "send the file's own size, and the file unchanged."
                )
            case .contentTooShort(let received, let announced):
                (
                    .invalidArgument, "CONTENT_TOO_SHORT",
                    "\(received) bytes came of the \(announced) that header.size_bytes "
                        + "announces: send the whole file again."
                )
            case .digestMismatch(let received):
                (
                    .invalidArgument, "DIGEST_MISMATCH",
                    "What came hashes to \(received) and not to header.sha256: it was damaged on "
                        + "its way or is another file. Send it again."
                )
            case .unsupportedMediaType:
                (
                    .invalidArgument, "UNSUPPORTED_MEDIA_TYPE",
                    "The content is none of "
                        + "\(MediaType.allCases.map(\.rawValue).joined(separator: ", ")), "
                        + "whatever its name: scan or export the paper as one of these."
                )
            case .dossierFull:
                (
                    .failedPrecondition, "DOSSIER_FULL",
                    "The dossier has \(DocumentLimits.documentsPerDossierMax) documents, as many "
                        + "as it can have: join further pages into one file."
                )
            }
        self.init(code, reason: reason, domain: domain, message: message)
    }

    /// - Parameter error: Its text is for the log; nothing of it is told.
    init(_ error: DigitizationError) {
        let (code, reason, message): (StatusCode, String, String) =
            switch error.code {
            case .diskFull:
                (
                    .resourceExhausted, "DISK_FULL",
                    "The document store is full. Nothing was kept; ask the operator, then send "
                        + "the same request again."
                )
            case .fileFailed:
                (
                    .unavailable, "FILE_FAILED",
                    "The document store failed. Nothing was kept; send the same request again."
                )
            case .contentMissing:
                (
                    .dataLoss, "CONTENT_MISSING",
                    "The document's content is not where it was stored. Ask the operator to "
                        + "restore it from a backup."
                )
            case .contentDamaged:
                (
                    .dataLoss, "CONTENT_DAMAGED",
                    "The document's content is no longer what was stored: do not use what came. "
                        + "Upload the document again to mend it."
                )
            case .saturated:
                (
                    .resourceExhausted, "BUSY",
                    "More uploads and downloads are under way than are taken. Send the same "
                        + "request again after a pause."
                )
            case .closing:
                (.unavailable, "STOPPING", "The service is stopping. Send the same request again.")
            }
        self.init(code, reason: reason, domain: domain, message: message)
    }

    static func documentNotFound(_ id: String) -> Status {
        Status(
            .notFound, reason: "DOCUMENT_NOT_FOUND", domain: domain,
            message:
                "There is no document \(id.prefix(DocumentLimits.identifierBytesMax)); "
                + "ListDocuments tells the documents of a dossier."
        )
    }
}
