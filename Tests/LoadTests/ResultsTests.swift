import CZlib
import Foundation
import Load
import Messages
import RPC
import Testing

@Suite struct ResultsTests {
    /// Values and how often; the golden text was written by PyPI's `hdrhistogram` 0.10.8 from the same.
    static let recorded: [(nanoseconds: UInt64, count: UInt32)] = [
        (1, 1), (900, 3), (2047, 2), (2048, 5), (2050, 1), (4095, 1), (4096, 2), (1_000_000, 7),
        (123_456_789, 200), (3_600_000_000_000, 1),
    ]
    static let golden =
        "HISTFAAAADp4nJNpmSzMwMAgyQABzFCaEch0M9ixgMH+A1SAqZmP7bMgCxfTT34mlv11fB/zJjDff8PIBAAT5Qwr"

    static func histogram() -> LatencyHistogram {
        var histogram = LatencyHistogram()
        for (value, count) in recorded { histogram.record(value, count: count) }
        return histogram
    }

    @Test func theEncodedHistogramIsWhatAnotherImplementationWrites() throws {
        #expect(try Self.inflated(Self.histogram().compressedText) == Self.inflated(Self.golden))
    }

    @Test func anEmptyHistogramAndALongLatencyHaveTheirPlace() throws {
        #expect(try Self.inflated(LatencyHistogram().compressedText).count == 40)
        var histogram = LatencyHistogram()
        histogram.record(Duration.seconds(86_400))
        histogram.record(Duration.seconds(-1))
        #expect(histogram.maxRecorded == 3_600_000_000_000)
        #expect(histogram.min == 0)
    }

    private static func inflated(_ text: String) throws -> [UInt8] {
        let bytes = try #require(Base64.decode(text))
        #expect(bytes[..<4] == [0x1c, 0x84, 0x93, 0x14])
        #expect(bytes[4..<8].reduce(0) { $0 << 8 | Int($1) } == bytes.count - 8)
        var inflated = [UInt8](repeating: 0, count: 1 << 20)
        var count = uLongf(inflated.count)
        let result = uncompress(&inflated, &count, Array(bytes[8...]), uLong(bytes.count - 8))
        #expect(result == Z_OK)
        return Array(inflated[..<Int(count)])
    }

    static func interval() -> IntervalReport {
        IntervalReport(
            from: .seconds(2), to: .milliseconds(3500), isWarmUp: false, outstanding: 7,
            latencies: histogram(), failures: .init(),
            measured: [("Track", histogram()), ("a, b", histogram())])
    }

    @Test func aLogIsReadBackByAnIndependentReader() throws {
        let log =
            HistogramLog.header(start: 1_770_000_000.5) + HistogramLog.lines(of: Self.interval())
        let lines = log.split(separator: "\n")
        #expect(
            lines[2] == "#[StartTime: 1770000000.500 (seconds since epoch), 2026-02-02T02:40:00Z]")
        #expect(lines[5].hasPrefix("Tag=Track,2.000,1.500,3601330.078,HISTFAAAA"))
        #expect(lines[6].hasPrefix("Tag=a__b,2.000,1.500,"))
    }

    @Test(.enabled(if: Self.pythonReads("import hdrh.log"), "PyPI's hdrhistogram is not installed"))
    func pythonsHdrHistogramReadsTheLog() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "load-\(UUID()).hlog")
        defer { try? FileManager.default.removeItem(at: file) }
        let log =
            HistogramLog.header(start: 1_770_000_000.5) + HistogramLog.lines(of: Self.interval())
        try Data(log.utf8).write(to: file)
        #expect(
            Self.pythonReads(
                """
                from hdrh.histogram import HdrHistogram
                from hdrh.log import HistogramLogReader
                whole = HdrHistogram(1, 3600 * 10**9, 3)
                reader = HistogramLogReader("\(file.path)", whole)
                read = [reader.get_next_interval_histogram() for _ in range(3)]
                assert [h.get_tag() for h in read[:2]] == ["Track", "a__b"] and read[2] is None
                assert [h.get_total_count() for h in read[:2]] == [223, 223]
                assert read[0].get_value_at_percentile(50) == 123469823
                assert read[0].get_count_at_value(1000000) == 7
                assert read[0].get_start_time_stamp() == 1770000002500.0
                """))
    }

    private static func pythonReads(_ program: String) -> Bool {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", program]
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }  // No Python at all.
        process.waitUntilExit()
        return process.terminationStatus == 0
    }

    @Test(arguments: [
        (Duration.zero, "0.00 us"), (.nanoseconds(9_994), "9.99 us"),
        (.nanoseconds(9_996), "10.0 us"),
        (.microseconds(87), "87.0 us"), (.microseconds(412), "412 us"),
        (.nanoseconds(999_499), "999 us"), (.nanoseconds(999_500), "1.00 ms"),
        (.milliseconds(25), "25.0 ms"), (.milliseconds(1500), "1.50 s"), (.seconds(3600), "3600 s"),
    ])
    func aLatencyHasThreeDigitsAndAUnit(_ latency: Duration, _ text: String) {
        #expect(LoadReport.text(latency) == text)
    }

    @Test func failuresAreToldTheMostFrequentFirst() {
        var failures = Failures()
        #expect(failures.count == 0)
        failures.add(Status(.internal, "first"))
        for _ in 0..<3 { failures.add(Status(.unavailable, "away")) }
        failures.add(Status(.cancelled, "x"))
        failures.add(failures)
        #expect(failures.text == "UNAVAILABLE 6, CANCELLED 2, INTERNAL 2")
        #expect(failures.count == 10)
        #expect(failures.kinds[.internal]?.message == "first")
    }
}
