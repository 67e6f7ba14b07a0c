import Messages
import RPC
import Testing
import WorkingTime

@Suite struct DetailsTests {
    @Test func theRuntimesRefusalCarriesAnErrorInfoThatAnyReaderReads() {
        #expect(Status.draining.errorInfo?.reason == "DRAINING")
        #expect(Status.draining.errorInfo?.domain == "rpc.motcua")
    }

    @Test func aStatusCarriesItsDetailsThere() throws {
        let status = Status(
            .failedPrecondition, reason: "ILLEGAL_MOVE", domain: "records.motcua", message: "no",
            metadata: ["state": "RETURNED"],
            fields: [.init(field: "components[2].name", remedy: "send 1 to 64 characters")],
            retryAfter: .milliseconds(1_500))
        #expect(status.errorInfo?.reason == "ILLEGAL_MOVE")
        #expect(status.errorInfo?.domain == "records.motcua")
        #expect(status.errorInfo?.metadata == ["state": "RETURNED"])
        #expect(status.badRequest?.fieldViolations.map(\.field) == ["components[2].name"])
        #expect(status.retryInfo?.retryDelay?.duration == .milliseconds(1_500))
        #expect(status.details.first?.typeURL == "type.googleapis.com/google.rpc.ErrorInfo")
        #expect(Status(.notFound, "x").errorInfo == nil)
    }

    @Test func aStatusThatRepeatsANULStillArrives() {
        let status = Status.invalidArgument(field: "a\0b", remedy: "leave the NUL out")
        #expect(status.badRequest?.fieldViolations.first?.field == "a\u{FFFD}b")
    }

    @Test func aDamagedMessageNamesItsField() {
        let status = Status(
            MessageError(.embeddedNUL, field: "applicant.full_name", message: "a NUL"))
        #expect(status.code == .invalidArgument)
        #expect(status.badRequest?.fieldViolations.first?.field == "applicant.full_name")
    }

    @Test(arguments: [
        (Int64(0), Int64(0), Int32(0)),
        (1, 0, 1_000_000),
        (-1, -1, 999_000_000),
        (-1_000, -1, 0),
        (1_772_010_600_500, 1_772_010_600, 500_000_000),
    ])
    func anInstantIsATimestamp(_ milliseconds: Int64, _ seconds: Int64, _ nanos: Int32) {
        let instant = Instant(millisecondsSinceEpoch: milliseconds)
        let time = GoogleProtobuf.Timestamp(instant)
        #expect(time.seconds == seconds)
        #expect(time.nanos == nanos)
        #expect(time.instant == instant)
    }

    @Test(arguments: [
        (Int64(253_402_300_800), Int32(0)), (-62_135_596_801, 0), (0, -1), (0, 1_000_000_000),
        (.max, 0),
    ])
    func aTimestampOutOfRangeIsNoInstant(_ seconds: Int64, _ nanos: Int32) {
        #expect(
            GoogleProtobuf.Timestamp.with { ($0.seconds, $0.nanos) = (seconds, nanos) }.instant
                == nil)
    }

    @Test func durationsGoBothWays() {
        #expect(GoogleProtobuf.Duration(.milliseconds(-3_500)).seconds == -3)
        #expect(GoogleProtobuf.Duration(.milliseconds(-3_500)).nanos == -500_000_000)
        #expect(GoogleProtobuf.Duration(.nanoseconds(7)).duration == .nanoseconds(7))
        let mixed = GoogleProtobuf.Duration.with { ($0.seconds, $0.nanos) = (1, -1) }
        #expect(mixed.duration == nil)
    }
}
