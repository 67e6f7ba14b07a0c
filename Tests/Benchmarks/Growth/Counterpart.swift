import Foundation
import GRDB
import Identity
import Messages
import Operations
import RPC
import UnixSocket
import WorkingTime

/// A running system as a benchmark sees it: the gateway, the records process behind it, and its database to
/// read.
struct Counterpart: Sendable {
    let layout: Layout
    let loop: IOLoop
    let channel: UnixSocketChannel
    let dossiers: RecordsV1.DossiersClient
    let queues: RecordsV1.QueuesClient
    let deadlines: RecordsV1.DeadlinesClient
    let official: CallOptions
    /// For facts that another service would tell records.
    private let behind: RecordsV1.DossiersClient
    private let behindChannel: UnixSocketChannel
    private let sealed: CallOptions

    init(data: String, tokenFile: String) throws {
        layout = try Layout.running(data: data)
        loop = try IOLoop()
        channel = try UnixSocketChannel(
            path: layout.socket(of: .gateway), loops: [loop], connections: 4)
        dossiers = .init(channel)
        queues = .init(channel)
        deadlines = .init(channel)
        let token = try String(contentsOfFile: tokenFile, encoding: .utf8)
            .trimmingCharacters(in: .whitespacesAndNewlines)
        official = CallOptions(
            timeout: .seconds(30), metadata: ["authorization": "Bearer \(token)"])
        behindChannel = try UnixSocketChannel(path: layout.socket(of: .records), loops: [loop])
        behind = .init(behindChannel)
        var gateway = CommonV1.Caller()
        gateway.principal = "gateway"
        gateway.roles = [.gateway]
        sealed = try CallerSeal(secretFile: layout.startSecretFile)
            .stamp(CallOptions(timeout: .seconds(30)), caller: gateway)
    }

    func close() async {
        await channel.close()
        await behindChannel.close()
    }

    func catalogue() async throws -> [RecordsV1.Procedure] {
        try await .all(of: .init(channel))
    }

    /// That a component, or with an empty name the result, is digitized.
    func digitize(_ dossierID: String, _ component: String, document: String) async throws {
        var request = RecordsV1.RecordDigitizationRequest()
        request.requestID = "d-\(document)"
        request.dossierID = dossierID
        request.componentID = component
        request.documentID = document
        _ = try await behind.recordDigitization(request, options: sealed)
    }

    func reading<Value>(_ body: (Database) throws -> Value) throws -> Value {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        let path = layout.data(of: .records) + "/records.sqlite"
        return try DatabaseQueue(path: path, configuration: configuration).read(body)
    }
}

extension [RecordsV1.Procedure] {
    /// - Throws: when there is none.
    static func all(of procedures: RecordsV1.ProceduresClient) async throws -> Self {
        var found: Self = []
        var page = RecordsV1.ListProceduresRequest()
        page.pageSize = 100
        repeat {
            let response = try await procedures.listProcedures(page)
            found += response.procedures
            page.pageToken = response.nextPageToken
        } while !page.pageToken.isEmpty
        guard !found.isEmpty else { throw GrowthError("there is no catalogue: `motcua import` it") }
        return found
    }
}
