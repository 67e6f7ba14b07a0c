/// Follows a content as it comes in and says when it is not what was announced.
///
/// Pure: the bytes go elsewhere. Holds ``MediaType/signatureBytesMax`` bytes at most.
package struct ContentCheck: Hashable, Sendable {
    private let announcedBytes: Int64
    private var receivedBytes: Int64 = 0
    private var prefix: [UInt8] = []

    package init(announcedBytes: Int64) {
        self.announcedBytes = announcedBytes
    }

    /// Looks at the next chunk before it is written, so that what cannot be kept is refused early.
    package mutating func admit(_ chunk: [UInt8]) -> UploadRejection? {
        guard !chunk.isEmpty else { return .chunkEmpty }
        guard chunk.count <= DocumentLimits.uploadChunkBytesMax else {
            return .chunkTooLarge(bytes: chunk.count)
        }
        guard receivedBytes + Int64(chunk.count) <= announcedBytes else {
            return .contentTooLong(announcedBytes: announcedBytes)
        }
        let wasTold = isTold
        receivedBytes += Int64(chunk.count)
        prefix += chunk.prefix(MediaType.signatureBytesMax - prefix.count)
        guard !wasTold, isTold, MediaType(prefix: prefix) == nil else { return nil }
        return .unsupportedMediaType
    }

    /// The verdict when no more chunks come.
    package func finish(
        digest: ContentDigest, announced: ContentDigest
    ) -> Result<MediaType, UploadRejection> {
        guard receivedBytes == announcedBytes else {
            return .failure(
                .contentTooShort(receivedBytes: receivedBytes, announcedBytes: announcedBytes))
        }
        guard digest == announced else { return .failure(.digestMismatch(received: digest)) }
        guard let type = MediaType(prefix: prefix) else { return .failure(.unsupportedMediaType) }
        return .success(type)
    }

    private var isTold: Bool {
        prefix.count == MediaType.signatureBytesMax || receivedBytes == announcedBytes
    }
}

/// Why an upload was refused.
///
/// Only a full dossier is remembered for the `request_id`; after the others the same header may be
/// sent again with the right content.
package enum UploadRejection: Error, Hashable, Sendable {
    case headerMissing
    case headerRepeated
    case partMissing
    case chunkEmpty
    case chunkTooLarge(bytes: Int)
    case contentTooLong(announcedBytes: Int64)
    case contentTooShort(receivedBytes: Int64, announcedBytes: Int64)
    case digestMismatch(received: ContentDigest)
    case unsupportedMediaType
    case dossierFull
}
