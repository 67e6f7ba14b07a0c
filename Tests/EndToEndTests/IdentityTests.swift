import Foundation
import Identity
import MotCuaClient
import Operations
import Testing

/// Who may come in, over real sockets.
@Suite(.serialized) struct IdentityTests {
    @Test func forgedCallersAreRefused() async throws {
        try await withSystem { system in
            let records = try UnixSocketChannel(path: system.layout.socket(of: .records))
            let dossiers = RecordsV1.DossiersClient(records)
            var forged = CommonV1.Caller()
            forged.principal = "nguyen.van.an"
            forged.roles = [.official, .gateway]
            let bytes = try forged.serialized()
            let unsealed = Data(bytes).base64EncodedString()
            let otherSeal = try CallerSeal(
                secret: Array(repeating: 7, count: CallerSeal.secretBytes))
            let genuine = try CallerSeal(secretFile: system.layout.startSecretFile).seal(forged)
            let attempts: [Metadata] = [
                [:], ["motcua-caller": unsealed], ["motcua-caller": try otherSeal.seal(forged)],
                ["motcua-caller": genuine, "Motcua-Caller": genuine],
            ]
            for metadata in attempts {
                let status = await failure {
                    try await dossiers.listDossiers(
                        .init(), options: CallOptions(metadata: metadata))
                }
                #expect(status?.code == .unauthenticated, "\(metadata)")
            }
            // The same value once is what the gateway sends.
            _ = try await dossiers.listDossiers(
                .init(), options: CallOptions(metadata: ["motcua-caller": genuine]))
            await records.close()
        }
    }

    @Test func whatACallerWritesAboutHimselfIsDroppedByTheGateway() async throws {
        try await withSystem { system in
            let genuine = try CallerSeal(secretFile: system.layout.startSecretFile)
            var forged = CommonV1.Caller()
            forged.roles = [.official]
            let metadata: Metadata = [
                "MotCua-Caller": try genuine.seal(forged), "motcua-anything": "x",
            ]
            // This user is an operator, a portal and a bank; listing dossiers is for officials.
            let status = await failure {
                try await RecordsV1.DossiersClient(system.channel).listDossiers(
                    .init(), options: CallOptions(metadata: metadata))
            }
            #expect(status?.code == .permissionDenied)
        }
    }

    @Test func factsAndJournalsAreTheGatewaysAlone() async throws {
        try await withSystem { system in
            let official = try await system.official()
            let fact = await failure {
                try await RecordsV1.DossiersClient(system.channel).recordFee(
                    .init(), options: official)
            }
            #expect(fact?.code == .permissionDenied)
            let journal = await failure {
                try await RecordsV1.JournalClient(system.channel).follow(.init(), options: official)
                {
                    for try await _ in $0 {}
                }
            }
            #expect(journal?.code == .permissionDenied)
        }
    }

    @Test func aTokenOfAnotherKeyIsRefused() async throws {
        try await withSystem { system in
            var claims = CommonV1.TokenClaims()
            claims.official = "mallory"
            claims.roles = [.official]
            claims.issueTime = .init(ProcessClock().now)
            claims.expireTime = .init(ProcessClock().now.advanced(by: .seconds(600)))
            let token = try AccessToken.Signer().issue(claims)
            let status = await failure {
                try await RecordsV1.DossiersClient(system.channel).listDossiers(
                    .init(), options: CallOptions(metadata: ["authorization": "Bearer \(token)"]))
            }
            #expect(status?.code == .unauthenticated)
            #expect(status?.errorInfo?.reason == "TOKEN_NOT_OURS")
        }
    }
}

/// The status that a call fails with, or `nil` when it succeeds.
func failure<Value>(_ call: () async throws -> Value) async -> Status? {
    do {
        _ = try await call()
        return nil
    } catch {
        return error as? Status
    }
}
