import Crypto
import Foundation
import Identity
import Messages
import RPC
import Testing
import WorkingTime

@Suite struct TokenTests {
    private let now = Instant(millisecondsSinceEpoch: 1_770_000_000_000)
    private let signer = AccessToken.Signer()

    private func claims(issuedAgo: Int64 = 0, lifetime: Int64 = 3_600_000) -> CommonV1.TokenClaims {
        var claims = CommonV1.TokenClaims()
        claims.official = "le.thi.c"
        claims.roles = [.official, .gateway]
        claims.agency = "H26.002.00"
        let issued = now.millisecondsSinceEpoch - issuedAgo
        claims.issueTime = .init(Instant(millisecondsSinceEpoch: issued))
        claims.expireTime = .init(Instant(millisecondsSinceEpoch: issued + lifetime))
        return claims
    }

    private func refusal(_ token: String) -> AccessToken.Refusal? {
        if case .failure(let refusal) = signer.verifier.verify(token, at: now) { return refusal }
        return nil
    }

    @Test func aTokenSaysWhatItsClaimsSaid() throws {
        let token = try signer.issue(claims())
        #expect(try signer.verifier.verify(token, at: now).get() == claims())
        let stored = try AccessToken.Verifier(rawKey: signer.verifier.rawKey)
        #expect(try stored.verify(token, at: now).get() == claims())
    }

    @Test func aTokenHoldsUpToItsLastMillisecond() throws {
        #expect(refusal(try signer.issue(claims(issuedAgo: 999, lifetime: 1_000))) == nil)
        #expect(refusal(try signer.issue(claims(issuedAgo: 1_000, lifetime: 1_000))) == .expired)
    }

    @Test func aTokenThatWasTakenBeforeIsHeldToTheTimeAgain() throws {
        let verifier = signer.verifier
        let token = try signer.issue(claims(lifetime: 1_000))
        #expect(try verifier.verify(token, at: now).get() == claims(lifetime: 1_000))
        #expect(verifier.verify(token, at: now.advanced(by: .seconds(1))) == .failure(.expired))
        let early = now.advanced(by: .seconds(-61))
        #expect(verifier.verify(token, at: early) == .failure(.notYetValid))
        #expect(try verifier.verify(token, at: now).get() == claims(lifetime: 1_000))
        var damaged = Array(token.utf8)
        damaged[damaged.count / 2] ^= 1
        let other = String(decoding: damaged, as: UTF8.self)
        #expect(throws: AccessToken.Refusal.self) { try verifier.verify(other, at: now).get() }
    }

    @Test func aTokenFromTheFutureIsRefusedBeyondTheClocksSkew() throws {
        #expect(refusal(try signer.issue(claims(issuedAgo: -60_000))) == nil)
        #expect(refusal(try signer.issue(claims(issuedAgo: -60_001))) == .notYetValid)
    }

    @Test func aTokenOfAnotherKeyOrAnotherTextIsNotOurs() throws {
        #expect(refusal(try AccessToken.Signer().issue(claims())) == .notOurs)
        let parts = try signer.issue(claims()).split(separator: ".")
        let other = try signer.issue(claims(lifetime: 9_000_000)).split(separator: ".")
        #expect(refusal("\(parts[0]).\(other[1]).\(parts[2])") == .notOurs)
        for text in ["", "motcua1", "motcua1.+.", "motcua2.\(parts[1]).\(parts[2])", "a.b.c.d"] {
            #expect(refusal(text) == .malformed, "\(text)")
        }
    }

    /// A token as a careless holder of the key would sign it.
    private func signed(_ claims: CommonV1.TokenClaims) throws -> String {
        func encode(_ data: Data) -> String {
            data.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
                .replacing("=", with: "")
        }
        let bytes = Data(try claims.serialized())
        let key = try Curve25519.Signing.PrivateKey(rawRepresentation: signer.rawKey)
        let signature = try key.signature(for: Data("motcua1.".utf8) + bytes)
        return "motcua1.\(encode(bytes)).\(encode(signature))"
    }

    @Test(arguments: [
        "gateway", "supervisor", "anonymous", "operator", "official:an", "", "a\u{7}",
        String(repeating: "a", count: PrincipalName.bytesMax + 1),
    ])
    func aNameThatIsNotAnOfficialsIsNeitherSignedNorTaken(name: String) throws {
        var claims = claims()
        claims.official = name
        #expect(throws: IdentityError.self) { try signer.issue(claims) }
        #expect(refusal(try signed(claims)) == .nameRefused)
    }

    @Test func theLongestNameIsTaken() throws {
        var claims = claims()
        claims.official = String(repeating: "a", count: PrincipalName.bytesMax)
        #expect(refusal(try signer.issue(claims)) == nil)
    }

    @Test func aTokenLivesForAYearAndNoLonger() throws {
        let year = AccessToken.lifetimeMax.components.seconds * 1_000
        #expect(refusal(try signer.issue(claims(lifetime: year))) == nil)
        #expect(throws: IdentityError.self) { try signer.issue(claims(lifetime: year + 1)) }
        #expect(refusal(try signed(claims(lifetime: year + 1))) == .livesTooLong)
        #expect(throws: IdentityError.self) { try signer.issue(claims(lifetime: 0)) }
    }

    @Test func aTokenDoesNotAnswerToTheNameOfAPeer() throws {
        let portal = CommonV1.Caller.with { $0.principal = "le.thi.c" }
        let proof = CallerProof(
            principals: Principals([7: portal]), verifier: signer.verifier,
            clock: { [now] in now })
        #expect {
            try proof.caller(
                metadata: ["authorization": "Bearer \(try signer.issue(claims()))"],
                peer: Peer(userID: 0, groupID: 0))
        } throws: {
            ($0 as? Status)?.errorInfo?.reason == "TOKEN_NAME_REFUSED"
        }
    }

    @Test func theFilesOfAGatewaySayWhoCallsAndTheClockIsHandedIn() throws {
        let directory = NSTemporaryDirectory() + "motcua-identity-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }  // Left to the system.
        let clock: @Sendable () -> Instant = { [now] in now }
        #expect(throws: IdentityError.self) { try CallerProof(directory: directory, clock: clock) }
        try Data(#"[{"uid": 7, "principal": "portal", "roles": ["ROLE_PORTAL"]}]"#.utf8)
            .write(to: URL(filePath: "\(directory)/\(CallerProof.principalsFile)"))
        try Data(signer.verifier.rawKey)
            .write(to: URL(filePath: "\(directory)/\(CallerProof.verifyingKeyFile)"))
        let proof = try CallerProof(directory: directory, clock: clock)
        let peer = Peer(userID: 7, groupID: 7)
        #expect(try proof.caller(metadata: [:], peer: peer).principal == "portal")
        let token = try signer.issue(claims(lifetime: 1))
        let caller = try proof.caller(metadata: ["authorization": "Bearer \(token)"], peer: peer)
        #expect(caller.principal == "le.thi.c")
    }

    @Test func theGatewaysRoleIsNeverTakenFromAToken() throws {
        let proof = CallerProof(
            principals: Principals([:]), verifier: signer.verifier, clock: { [now] in now })
        let caller = try proof.caller(
            metadata: ["authorization": "Bearer \(try signer.issue(claims()))"],
            peer: Peer(userID: 0, groupID: 0))
        #expect(caller.principal == "le.thi.c")
        #expect(caller.roles == [.official])
        #expect(caller.agency == "H26.002.00")
    }

    @Test func aBadTokenIsNotOverlookedInFavourOfTheUser() throws {
        var trusted = CommonV1.Caller()
        trusted.principal = "operator"
        trusted.roles = [.operator]
        let proof = CallerProof(
            principals: Principals([7: trusted]), verifier: signer.verifier, clock: { [now] in now }
        )
        let peer = Peer(userID: 7, groupID: 7)
        #expect(try proof.caller(metadata: [:], peer: peer) == trusted)
        #expect(try proof.caller(metadata: [:], peer: Peer(userID: 8, groupID: 8)) == .anonymous)
        let token = try signer.issue(claims())
        var twice: Metadata = ["authorization": "Bearer \(token)"]
        twice.add("Bearer \(token)", for: "authorization")
        for metadata in [["authorization": "Bearer nonsense"], ["authorization": token], twice]
            as [Metadata]
        {
            #expect { try proof.caller(metadata: metadata, peer: peer) } throws: {
                ($0 as? Status)?.code == .unauthenticated
            }
        }
    }
}

@Suite struct PrincipalsTests {
    @Test func aFileNamesAPrincipalForEachUser() throws {
        let text =
            #"[{"uid": 1001, "principal": "portal", "roles": ["ROLE_PORTAL"], "agency": "H26"}]"#
        let caller = try Principals(json: Array(text.utf8)).caller(uid: 1001)
        #expect(caller?.principal == "portal")
        #expect(caller?.roles == [.portal])
        #expect(caller?.agency == "H26")
        #expect(try Principals(json: Array(text.utf8)).caller(uid: 1002) == nil)
    }

    @Test(arguments: [
        "", "{}", #"[{"uid": 1}]"#, #"[{"uid": -1, "principal": "a", "roles": []}]"#,
        #"[{"uid": 1, "principal": "", "roles": []}]"#,
        #"[{"uid": 1, "principal": "gateway", "roles": []}]"#,
        #"[{"uid": 1, "principal": "uid:1", "roles": []}]"#,
        #"[{"uid": 1, "principal": "a", "roles": ["ROLE_KING"]}]"#,
        #"[{"uid": 1, "principal": "a", "roles": ["ROLE_GATEWAY"]}]"#,
        #"[{"uid": 1, "principal": "a", "roles": []}, {"uid": 1, "principal": "b", "roles": []}]"#,
    ])
    func aDamagedFileIsRefused(text: String) {
        #expect(throws: IdentityError.self) { try Principals(json: Array(text.utf8)) }
    }
}
