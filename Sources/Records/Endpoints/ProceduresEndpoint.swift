import Identity
import Messages
import RPC
import Storage
import WorkingTime

struct ProceduresEndpoint: RecordsV1.ProceduresService {
    let store: Store
    let clock: @Sendable () -> Instant

    func importProcedures(
        _ request: RecordsV1.ImportProceduresRequest, context: CallContext
    ) async throws -> RecordsV1.ImportProceduresResponse {
        let bytes = request.jsonLines
        if let violation = Self.violation(bytes) { throw Status(invalid: [violation]) }
        let command = try Command(
            principal: try context.caller.principal, method: context.method, request: request)
        // On the store's readers, for reading a catalogue takes longer than the connection's thread
        // may.
        let reading = try await store.read { _ in CatalogueReader.read(bytes) }
        let now = clock()
        return try await store.writer.run(command, at: now) { transaction in
            transaction.auditSubject = "procedures"
            let catalogue = Catalogue(database: transaction.database)
            var response = RecordsV1.ImportProceduresResponse()
            for line in reading.accepted {
                guard let procedure = try catalogue.keep(line, at: now) else {
                    response.unchanged += 1
                    continue
                }
                response.imported += 1
                try transaction.append(
                    event: RecordsV1.RecordsEvent(imported: procedure), subject: procedure.id)
            }
            response.rejected = reading.refused.map(RecordsV1.RejectedLine.init)
            return .success(response)
        }
    }

    private static func violation(_ bytes: [UInt8]) -> FieldViolation? {
        if bytes.isEmpty {
            return FieldViolation("json_lines", .required, "send at least one line")
        }
        if bytes.count > CatalogueReader.bytesMax {
            return FieldViolation(
                "json_lines", .tooLong,
                "send at most \(CatalogueReader.bytesMax) bytes at a time; cut the file between lines"
            )
        }
        if CatalogueReader.lineCount(bytes) > CatalogueReader.linesMax {
            return FieldViolation(
                "json_lines", .tooLong,
                "send at most \(CatalogueReader.linesMax) lines at a time")
        }
        return nil
    }

    func getProcedure(
        _ request: RecordsV1.GetProcedureRequest, context: CallContext
    ) async throws -> RecordsV1.Procedure {
        guard !request.procedureID.isEmpty else {
            throw Status.procedureMissing
        }
        guard request.version >= 0 else {
            throw Status(invalid: [
                FieldViolation("version", .outOfRange, "leave it out for the latest version")
            ])
        }
        let procedure = try await store.read { database in
            try Catalogue(database: database).procedure(
                request.procedureID, version: request.version == 0 ? nil : request.version)
        }
        guard let procedure else { throw Status.procedureNotFound }
        return RecordsV1.Procedure(procedure)
    }

    func listProcedures(
        _ request: RecordsV1.ListProceduresRequest, context: CallContext
    ) async throws -> RecordsV1.ListProceduresResponse {
        guard let size = PageSize.resolve(request.pageSize, default: 50) else {
            throw Status(invalid: [PageSize.violation])
        }
        let token = PageToken(scope: "procedures")
        var after = ""
        if !request.pageToken.isEmpty {
            guard let key = token.key(in: request.pageToken) else { throw Status.badPageToken }
            after = key
        }
        let found = try await store.read { [after] database in
            try Catalogue(database: database).procedures(after: after, limit: size + 1)
        }
        var response = RecordsV1.ListProceduresResponse()
        let procedures = found.prefix(size).map(RecordsV1.Procedure.init)
        let count = try PageSize.fitting(procedures)
        response.procedures = Array(procedures.prefix(count))
        if count < found.count { response.nextPageToken = token.text(after: found[count - 1].id) }
        return response
    }

    func searchProcedures(
        _ request: RecordsV1.SearchProceduresRequest, context: CallContext
    ) async throws -> RecordsV1.SearchProceduresResponse {
        guard let size = PageSize.resolve(request.pageSize, default: 20) else {
            throw Status(invalid: [PageSize.violation])
        }
        guard request.query.utf8.count <= Self.queryBytesMax,
            let words = Folding.words(ofQuery: request.query)
        else {
            throw Status(invalid: [
                FieldViolation(
                    "query", .outOfRange,
                    "write \(Folding.queryCharactersMin) letters to \(Folding.queryWordsMax) words")
            ])
        }
        let found = try await store.read { database in
            try Catalogue(database: database).search(words: words, limit: size)
        }
        var response = RecordsV1.SearchProceduresResponse()
        let procedures = found.map(RecordsV1.Procedure.init)
        response.procedures = Array(procedures.prefix(try PageSize.fitting(procedures)))
        return response
    }

    private static let queryBytesMax = 1_000
}
