import Crypto
import Foundation
import Identity
import Messages
import RPC
import Storage
import WorkingTime

// The whole catalogue in and out.
extension ProceduresEndpoint {
    /// Lines that one turn in the writer keeps: a large import waits its turn again after each, so
    /// that dossiers are handed in meanwhile.
    static let linesPerTurn = 100
    /// Doubts that one reply tells, so that it fits into a frame.
    static let doubtsToldMax = 5_000

    func importProcedures(
        _ request: RecordsV1.ImportProceduresRequest, context: CallContext
    ) async throws -> RecordsV1.ImportProceduresResponse {
        let bytes = request.jsonLines
        if let violation = Self.violation(bytes) { throw Status(invalid: [violation]) }
        let actor = try context.caller.principal
        let command = try Command(principal: actor, method: context.method, request: request)
        // On the store's readers, for reading a catalogue takes longer than the connection's thread
        // may.
        let reading = try await store.read { _ in CatalogueReader.read(bytes) }
        if request.dryRun { return try await rehearse(reading) }
        let turns = Turn.turns(of: reading)
        if turns.count == 1 {
            return try await keep(turns[0], by: actor, refused: reading.refused, under: command)
        }
        var response = RecordsV1.ImportProceduresResponse()
        let digest = [UInt8](SHA256.hash(data: bytes))
        for (index, turn) in turns.enumerated() {
            // Each turn is remembered under an id of its own, bound to the whole file: sent again
            // after a break, the import goes on where it stopped and counts the same.
            var part = RecordsV1.ImportProceduresRequest()
            part.requestID = SHA256.hash(data: Data("\(request.requestID)/\(index)".utf8))
                .map { String(format: "%02x", $0) }.joined()
            let kept = try await keep(
                turn, by: actor, refused: [],
                under: try Command(
                    principal: actor, method: context.method, request: part,
                    contentDigest: digest))
            response.add(kept)
        }
        response.rejected += reading.refused.map(RecordsV1.RejectedLine.init)
        response.finish()
        return try await store.writer.run(command, at: clock()) { [response] transaction in
            transaction.auditSubject = "procedures"
            return .success(response)
        }
    }

    private func keep(
        _ turn: Turn, by actor: String, refused: [CatalogueReader.Refused], under command: Command
    ) async throws -> RecordsV1.ImportProceduresResponse {
        let now = clock()
        let organisations = organisations
        return try await store.writer.run(command, at: now) { transaction in
            transaction.auditSubject = "procedures"
            let catalogue = Catalogue(database: transaction.database)
            let organisation = try organisations.current(in: transaction.database)
            let day = now.local(in: .vietnam).date
            var response = RecordsV1.ImportProceduresResponse()
            for (number, line) in turn.lines {
                let decision = try catalogue.decision(on: line, on: day, in: organisation)
                response.count(decision, of: line, number: number)
                switch decision {
                case .unchanged, .refuse:
                    continue
                case .publish:
                    let procedure = try catalogue.publish(line, by: actor, at: now)
                    try transaction.append(
                        event: RecordsV1.RecordsEvent(imported: procedure), subject: procedure.id)
                case .retire:
                    break
                }
                if line.isRetired {
                    try catalogue.retire(
                        line.procedureID,
                        .init(time: now, by: actor, reason: "Nhập từ tệp danh mục"))
                    try transaction.append(
                        event: RecordsV1.RecordsEvent(retired: line.procedureID),
                        subject: line.procedureID)
                }
            }
            response.rejected += refused.map(RecordsV1.RejectedLine.init)
            response.finish()
            return .success(response)
        }
    }

    /// What an import would do, and nothing of it.
    private func rehearse(
        _ reading: CatalogueReader.Reading
    ) async throws -> RecordsV1.ImportProceduresResponse {
        let day = clock().local(in: .vietnam).date
        return try await store.read { database in
            let catalogue = Catalogue(database: database)
            let organisation = try organisations.read(in: database)
            var response = RecordsV1.ImportProceduresResponse()
            for (number, line) in zip(reading.acceptedLines, reading.accepted) {
                response.count(
                    try catalogue.decision(on: line, on: day, in: organisation), of: line,
                    number: number)
            }
            response.rejected += reading.refused.map(RecordsV1.RejectedLine.init)
            response.finish()
            return response
        }
    }

    func exportProcedures(
        _ request: RecordsV1.ExportProceduresRequest, context: CallContext
    ) async throws -> RecordsV1.ExportProceduresResponse {
        guard (0...Int32(Self.exportLinesMax)).contains(request.pageSize) else {
            throw Status(invalid: [
                FieldViolation(
                    "page_size", .outOfRange, "must be 1 to \(Self.exportLinesMax), or left out")
            ])
        }
        let size = request.pageSize == 0 ? Self.exportLinesMax : Int(request.pageSize)
        let token = PageToken(scope: "export")
        var after = ""
        if !request.pageToken.isEmpty {
            guard let key = token.key(in: request.pageToken) else { throw Status.badPageToken }
            after = key
        }
        let day = clock().local(in: .vietnam).date
        return try await store.read { [after] database in
            let lines = try Catalogue(database: database).exported(
                after: after, limit: size + 1, on: day)
            var response = RecordsV1.ExportProceduresResponse()
            for (index, line) in lines.enumerated() {
                let bytes = Array(CatalogueText.line(line).utf8) + [0x0A]
                if index == size
                    || index > 0 && response.jsonLines.count + bytes.count > PageSize.bytesMax
                {
                    response.nextPageToken = token.text(after: lines[index - 1].procedureID)
                    break
                }
                response.jsonLines += bytes
                response.lineCount += 1
            }
            return response
        }
    }

    static let exportLinesMax = 500

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
}

/// What one turn in the writer keeps, each line with its number.
private struct Turn: Sendable {
    var lines: [(number: Int, line: CatalogueLine)] = []

    /// One at least.
    static func turns(of reading: CatalogueReader.Reading) -> [Turn] {
        var turns = [Turn()]
        for (number, line) in zip(reading.acceptedLines, reading.accepted) {
            if turns[turns.count - 1].lines.count == ProceduresEndpoint.linesPerTurn {
                turns.append(Turn())
            }
            turns[turns.count - 1].lines.append((number, line))
        }
        return turns
    }
}

extension RecordsV1.ImportProceduresResponse {
    fileprivate mutating func count(
        _ decision: Catalogue.Decision, of line: CatalogueLine, number: Int
    ) {
        switch decision {
        case .unchanged: unchanged += 1
        case .publish, .retire:
            imported += 1
            doubtful += line.content.doubts.map { RecordsV1.DoubtfulLine(line: number, $0) }
        case .refuse(let problem):
            rejected.append(RecordsV1.RejectedLine(line: number, problem))
        }
    }

    fileprivate mutating func add(_ other: Self) {
        imported += other.imported
        unchanged += other.unchanged
        rejected += other.rejected
        doubtful += other.doubtful
    }

    fileprivate mutating func finish() {
        rejected.sort { $0.line < $1.line }
        doubtful = Array(doubtful.prefix(ProceduresEndpoint.doubtsToldMax))
    }
}
