import Identity
import Logging
import Messages
import RPC
import Storage
import Synchronization
import WorkingTime

final class DocumentsEndpoint: DigitizationV1.DocumentsService {
    private let store: Store
    private let contents: ContentDirectory
    private let files: WorkerPool
    private let processes: WorkerPool
    private let counter: PageCounter
    private let clock: @Sendable () -> Instant
    private let logger: Logger
    private let uploads = Mutex(0)

    init(
        store: Store, contents: ContentDirectory, files: WorkerPool, processes: WorkerPool,
        counter: PageCounter, clock: @escaping @Sendable () -> Instant, logger: Logger
    ) {
        self.store = store
        self.contents = contents
        self.files = files
        self.processes = processes
        self.counter = counter
        self.clock = clock
        self.logger = logger
    }

    func uploadDocument(
        _ requests: RequestStream<DigitizationV1.UploadDocumentRequest>, context: CallContext
    ) async throws -> DigitizationV1.Document {
        var parts = requests.makeAsyncIterator()
        guard case .header(let header) = try await parts.next()?.part else {
            throw Status(.headerMissing)
        }
        let plan = try UploadPlan(header)
        let command = try Command(
            principal: try context.caller.principal,
            method: DigitizationV1.Documents.uploadDocument,
            request: header)
        // What a repeated upload still sends is not read: the runtime drops it once the call is
        // answered.
        if let document = try await answer(to: command) { return document }
        return try await told { [self] in
            try takeUploadPlace()
            defer { uploads.withLock { $0 -= 1 } }
            let file = try await files.run { [contents] in try contents.begin() }
            do {
                let document = try await take(&parts, into: file, plan, command)
                await discard(file)
                return document
            } catch {
                await discard(file)
                throw error
            }
        }
    }

    func getDocument(
        _ request: DigitizationV1.GetDocumentRequest, context: CallContext
    ) async throws -> DigitizationV1.Document {
        DigitizationV1.Document(try await document(request.documentID))
    }

    func listDocuments(
        _ request: DigitizationV1.ListDocumentsRequest, context: CallContext
    ) async throws -> DigitizationV1.ListDocumentsResponse {
        guard UploadPlan.isIdentifier(request.dossierID) else {
            throw Status(invalid: [
                FieldViolation(
                    field: "dossier_id",
                    remedy: "send the id of the dossier whose documents are asked for")
            ])
        }
        let documents = try await store.read { database in
            try DocumentTable(database: database).documents(of: request.dossierID)
        }
        var response = DigitizationV1.ListDocumentsResponse()
        response.documents = documents.map(DigitizationV1.Document.init)
        return response
    }

    /// The content is checked as it goes: one that is damaged on disk ends with DATA_LOSS after its
    /// last chunk.
    func downloadDocument(
        _ request: DigitizationV1.DownloadDocumentRequest,
        responses: ResponseWriter<DigitizationV1.DownloadDocumentResponse>, context: CallContext
    ) async throws {
        let document = try await document(request.documentID)
        let digest = document.plan.digest
        try await told { [self] in
            let reader = try await files.run { [contents] in
                try ContentReader(path: contents.path(of: digest))
            }
            while true {
                let bytes = try await files.run {
                    try reader.next(DocumentLimits.downloadChunkBytes)
                }
                if bytes.isEmpty { break }
                var response = DigitizationV1.DownloadDocumentResponse()
                response.chunk = bytes
                try await responses.write(response)
            }
            guard reader.digest() == digest else {
                throw DigitizationError(.contentDamaged, "\(digest) hashes to \(reader.digest())")
            }
        }
    }
}

extension DocumentsEndpoint {
    private typealias Parts = RequestStream<DigitizationV1.UploadDocumentRequest>.AsyncIterator

    /// Thrown inside a command to learn that it was not answered before: nothing of it is
    /// remembered.
    private struct NotAnswered: Error {}

    private func answer(to command: Command) async throws -> DigitizationV1.Document? {
        do {
            return try await store.writer.run(command, at: clock()) { _ in throw NotAnswered() }
        } catch is NotAnswered {
            return nil
        }
    }

    /// One chunk is in memory at a time: the next is taken when this one is written.
    private func take(
        _ parts: inout Parts, into file: IncomingContent, _ plan: UploadPlan, _ command: Command
    ) async throws -> DigitizationV1.Document {
        var check = ContentCheck(announcedBytes: plan.sizeBytes)
        while let message = try await parts.next() {
            switch message.part {
            case .chunk(let chunk):
                if let rejection = check.admit(chunk) { throw Status(rejection) }
                try await files.run { try file.append(chunk) }
            case .header: throw Status(.headerRepeated)
            case nil: throw Status(.partMissing)
            }
        }
        switch check.finish(digest: file.digest(), announced: plan.digest) {
        case .success(let type): return try await keep(file, plan, type, command)
        case .failure(let rejection): throw Status(rejection)
        }
    }

    /// The content first and its row last: a crash between them leaves an orphan, never a row
    /// without content.
    private func keep(
        _ file: IncomingContent, _ plan: UploadPlan, _ type: MediaType, _ command: Command
    ) async throws -> DigitizationV1.Document {
        contents.hold(plan.digest)
        defer { contents.release(plan.digest) }
        try await files.run { [contents] in try contents.keep(file, as: plan.digest) }
        let pageCount = try await processes.run { [contents, counter] in
            try counter.count(contents.path(of: plan.digest), type)
        }
        // The document is as old as its last byte, not as its first.
        let now = clock()
        let document = StoredDocument(
            documentID: DocumentIdentity.next(at: now), plan: plan, mediaType: type,
            pageCount: pageCount, createTime: now)
        return try await store.writer.run(command, at: now) { transaction in
            let table = DocumentTable(database: transaction.database)
            guard
                try table.documentCount(of: plan.dossierID) < DocumentLimits.documentsPerDossierMax
            else { return .failure(Status(.dossierFull)) }
            try table.insert(document)
            // By dossier, so that what concerns one dossier is followed in order.
            try transaction.append(
                event: DigitizationV1.DigitizationEvent(stored: document), subject: plan.dossierID)
            return .success(DigitizationV1.Document(document))
        }
    }

    /// A file that cannot be removed is an orphan's sweep away from being gone, and no reason to
    /// fail.
    private func discard(_ file: IncomingContent) async {
        do {
            try await files.run { [contents] in try contents.discard(file) }
        } catch {
            logger.warning("an incoming file stays", metadata: ["error": "\(error)"])
        }
    }

    private func takeUploadPlace() throws {
        let isTaken = uploads.withLock { uploads in
            guard uploads < DocumentLimits.uploadsMax else { return false }
            uploads += 1
            return true
        }
        guard isTaken else {
            throw DigitizationError(
                .saturated, "\(DocumentLimits.uploadsMax) uploads are under way")
        }
    }

    private func document(_ id: String) async throws -> StoredDocument {
        let found = try await store.read { database in
            try DocumentTable(database: database).document(id)
        }
        guard let found else { throw Status.documentNotFound(id) }
        return found
    }

    /// Tells the operator how the world failed, and the caller what to do.
    private func told<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let error as DigitizationError {
            logger.error("a document could not be handled", metadata: ["error": "\(error)"])
            throw Status(error)
        }
    }
}
