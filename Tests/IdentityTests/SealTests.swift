import Identity
import Messages
import RPC
import Testing

@Suite struct SealTests {
    private let seal: CallerSeal
    private let gatewayUID: UInt32 = 990

    init() throws { seal = try CallerSeal(secret: Array(0..<32)) }

    private var official: CommonV1.Caller {
        var caller = CommonV1.Caller()
        caller.principal = "nguyễn.văn.an"
        caller.roles = [.official, .cashier]
        caller.agency = "H26.001.00"
        return caller
    }

    private func context(_ metadata: Metadata, uid: UInt32? = nil) -> CallContext {
        let method = Method(
            service: "test.v1.Counter", name: "Accept",
            roles: RoleSet(number: CommonV1.Role.official.rawValue))
        return CallContext(
            method: method, metadata: metadata, peer: Peer(userID: uid ?? gatewayUID, groupID: 0))
    }

    private func admit(_ metadata: Metadata, uid: UInt32? = nil) throws -> CommonV1.Caller {
        var context = context(metadata, uid: uid)
        try SealedCallerAdmission(seal: seal, gatewayUID: gatewayUID).admit(&context)
        return try context.caller
    }

    @Test func whatWasSealedComesOutAsItWas() throws {
        let caller = try admit(["motcua-caller": try seal.seal(official)])
        #expect(caller == official)
    }

    @Test func everyChangedByteOfASealBreaksIt() throws {
        let sealed = Array(try seal.seal(official).utf8)
        for index in sealed.indices {
            var damaged = sealed
            damaged[index] =
                damaged[index] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            let opened = seal.open(String(decoding: damaged, as: UTF8.self))
            // The last character of each half carries spare bits that say nothing.
            #expect(opened == nil || opened == official, "byte \(index)")
            if opened != nil { #expect(isLastOfAHalf(index, in: sealed)) }
        }
    }

    private func isLastOfAHalf(_ index: Int, in sealed: [UInt8]) -> Bool {
        index == sealed.count - 1 || sealed[index + 1] == UInt8(ascii: ".")
    }

    @Test func aCallerIsRefusedMissingDoubledForgedOrFromAnotherUser() throws {
        let sealed = try seal.seal(official)
        let foreign = try CallerSeal(secret: Array(repeating: 1, count: 32)).seal(official)
        var doubled: Metadata = ["motcua-caller": sealed]
        doubled.add(sealed, for: "MOTCUA-Caller")
        for metadata in [
            [:], doubled, ["motcua-caller": foreign], ["motcua-caller": "x.y.z"],
            ["motcua-caller": ""],
        ]
            as [Metadata]
        {
            #expect { try admit(metadata) } throws: { ($0 as? Status)?.code == .unauthenticated }
        }
        #expect { try admit(["motcua-caller": sealed], uid: 1_234) } throws: {
            ($0 as? Status)?.code == .unauthenticated
        }
    }

    @Test func aRoleThatTheMethodDoesNotNameIsRefusedWithTheOnesItWants() throws {
        var bank = CommonV1.Caller()
        bank.principal = "bank"
        bank.roles = [.bank]
        let sealed = try seal.seal(bank)
        #expect { try admit(["motcua-caller": sealed]) } throws: { error in
            let status = error as? Status
            return status?.code == .permissionDenied
                && status?.message.contains("ROLE_OFFICIAL") == true
        }
    }

    @Test func stampingDropsWhatACallerWroteUnderReservedKeys() throws {
        let options = CallOptions(metadata: [
            "Motcua-Caller": "forged", "motcua-other": "x", "traceparent": "00-1",
        ])
        let stamped = try seal.stamp(options, caller: official)
        #expect(stamped.metadata.values(for: "motcua-caller").count == 1)
        #expect(stamped.metadata["motcua-other"] == nil)
        #expect(stamped.metadata["traceparent"] == "00-1")
        #expect(try admit(stamped.metadata) == official)
    }

    @Test func aSecretOfAnotherLengthIsNoSecret() {
        #expect(throws: IdentityError.self) { try CallerSeal(secret: [1, 2, 3]) }
    }
}
