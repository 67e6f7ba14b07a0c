import Messages
import RPC
import Storage
import WorkingTime

extension UploadPlan {
    /// - Throws: INVALID_ARGUMENT with every field that is wrong.
    init(_ header: DigitizationV1.UploadHeader) throws(Status) {
        var violations: [FieldViolation] = []
        func demand(_ holds: Bool, _ field: String, _ remedy: String) {
            if !holds {
                violations.append(FieldViolation(field: "header.\(field)", remedy: remedy))
            }
        }
        demand(
            (1...Command.requestIDCharactersMax).contains(header.requestID.utf8.count)
                && header.requestID.utf8.allSatisfy { (0x21...0x7E).contains($0) },
            "request_id",
            "send 1 to \(Command.requestIDCharactersMax) visible ASCII characters, a new random "
                + "UUID with every "
                + "new upload and the same one with every retry of it")
        demand(
            Self.isIdentifier(header.dossierID), "dossier_id",
            "send the id that SubmitDossier returned, 1 to \(DocumentLimits.identifierBytesMax) "
                + "bytes"
        )
        let link = DocumentLink(header)
        switch header.purpose {
        case .component:
            demand(
                Self.isIdentifier(header.componentID), "component_id",
                "send the component's id from the dossier's list, 1 to "
                    + "\(DocumentLimits.identifierBytesMax) bytes"
            )
        case .result:
            demand(header.componentID.isEmpty, "component_id", "leave it empty for a result")
        case .unspecified, .unrecognized:
            demand(
                false, "purpose", "send DOCUMENT_PURPOSE_COMPONENT or DOCUMENT_PURPOSE_RESULT")
        }
        let fileName = FileName(header.fileName)
        demand(
            fileName != nil, "file_name",
            "send at most \(DocumentLimits.fileNameBytesMax) bytes without control characters "
                + "and without "
                + "characters that turn the direction of writing")
        demand(
            (1...DocumentLimits.contentBytesMax).contains(header.sizeBytes), "size_bytes",
            "send the content's size, 1 to \(DocumentLimits.contentBytesMax) bytes")
        let digest = ContentDigest(header.sha256)
        demand(
            digest != nil, "sha256",
            "send the content's SHA-256, exactly \(ContentDigest.byteCount) bytes")
        guard let link, let fileName, let digest, violations.isEmpty else {
            throw Status(invalid: violations)
        }
        self.init(
            dossierID: header.dossierID, link: link, fileName: fileName,
            sizeBytes: header.sizeBytes,
            digest: digest)
    }

    static func isIdentifier(_ text: String) -> Bool {
        (1...DocumentLimits.identifierBytesMax).contains(text.utf8.count)
            && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }
}

extension DocumentLink {
    fileprivate init?(_ header: DigitizationV1.UploadHeader) {
        switch header.purpose {
        case .component: self = .component(id: header.componentID)
        case .result: self = .result
        case .unspecified, .unrecognized: return nil
        }
    }

    var purpose: DigitizationV1.DocumentPurpose {
        switch self {
        case .component: .component
        case .result: .result
        }
    }

    /// Empty for a result.
    var componentID: String {
        switch self {
        case .component(let id): id
        case .result: ""
        }
    }
}

extension DigitizationV1.Document {
    init(_ document: StoredDocument) {
        self.init()
        documentID = document.documentID
        dossierID = document.plan.dossierID
        purpose = document.plan.link.purpose
        componentID = document.plan.link.componentID
        fileName = document.plan.fileName.text
        sizeBytes = document.plan.sizeBytes
        sha256 = document.plan.digest.bytes
        mediaType = document.mediaType.rawValue
        pageCount = document.pageCount
        createTime = .init(document.createTime)
    }
}

extension DigitizationV1.DigitizationEvent {
    init(stored document: StoredDocument) {
        self.init()
        var stored = DigitizationV1.DocumentStored()
        stored.documentID = document.documentID
        stored.dossierID = document.plan.dossierID
        stored.purpose = document.plan.link.purpose
        stored.componentID = document.plan.link.componentID
        event = .documentStored(stored)
    }
}
