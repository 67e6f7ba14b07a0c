import CZlib
import Foundation
import Histogram
import Messages

/// HdrHistogram's log format 1.3, as its viewers and `HistogramLogProcessor` read it: a line for each step and
/// interval, tagged with the step, times in seconds since the run's start, maxima in milliseconds.
package struct HistogramLog: Sendable {
    /// Latencies are in nanoseconds; `Interval_Max` is in milliseconds, as the format's tools expect.
    private static let unitsPerMaximum = 1_000_000.0

    /// - Parameter start: The run's start, in seconds since 1970.
    package static func header(start: Double) -> String {
        let time = String(format: "%.3f", start)
        let date = Date(timeIntervalSince1970: start).ISO8601Format()
        return """
            #[Latencies in nanoseconds, counted from when each call was due]
            #[Histogram log format version 1.3]
            #[StartTime: \(time) (seconds since epoch), \(date)]
            #[BaseTime: \(time) (seconds since epoch)]
            "StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram"

            """
    }

    /// The lines of one interval, each with its line feed; empty where nothing measured ended.
    package static func lines(of interval: IntervalReport) -> String {
        interval.measured.map { step, latencies in
            let length = (interval.to - interval.from) / .seconds(1)
            let figures = String(
                format: "%.3f,%.3f,%.3f", interval.from / .seconds(1), length,
                Double(latencies.max) / unitsPerMaximum)
            // What would end the tag.
            let tag = step.map { ", \t\n".contains($0) ? "_" : $0 }
            return "Tag=\(String(tag)),\(figures),\(latencies.compressedText)\n"
        }.joined()
    }
}

extension Histogram where Count == UInt32 {
    /// HdrHistogram's V2 encoding, compressed by zlib, in base64.
    package var compressedText: String {
        let bytes = encoded
        var compressed = [UInt8](repeating: 0, count: Int(compressBound(uLong(bytes.count))))
        var count = uLongf(compressed.count)
        let result = compress(&compressed, &count, bytes, uLong(bytes.count))
        precondition(result == Z_OK, "zlib has no memory")
        var text: [UInt8] = []
        text.append(bigEndian: UInt32(0x1c84_9314))
        text.append(bigEndian: UInt32(count))
        text += compressed[..<Int(count)]
        return Base64.encode(text)
    }

    /// HdrHistogram's V2 encoding: a header, then each count as a zigzag LEB128, and zeros as the negated
    /// length of their run.
    private var encoded: [UInt8] {
        var counts: [UInt8] = []
        var next = 0
        for recorded in recordedValues() {
            let index = index(of: recorded.value)
            if index > next { counts.append(zigzag: -Int64(index - next)) }
            counts.append(zigzag: Int64(recorded.count))
            next = index + 1
        }
        var bytes: [UInt8] = []
        bytes.append(bigEndian: UInt32(0x1c84_9313))
        bytes.append(bigEndian: UInt32(counts.count))
        bytes.append(bigEndian: UInt32(0))  // Indices are not shifted.
        bytes.append(bigEndian: UInt32(numberOfSignificantValueDigits.rawValue))
        bytes.append(bigEndian: lowestDiscernibleValue)
        bytes.append(bigEndian: highestTrackableValue)
        bytes.append(bigEndian: (1.0).bitPattern)  // Integers stand for themselves.
        return bytes + counts
    }

    /// Where a value is counted: 2,048 places for 0 to 2,047, then 1,024 for each power of two.
    private func index(of value: UInt64) -> Int {
        let bucket = 53 - (value | 2047).leadingZeroBitCount
        return (bucket + 1) * 1024 + Int(value >> UInt64(bucket)) - 1024
    }
}

extension [UInt8] {
    fileprivate mutating func append(bigEndian value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.bigEndian) { append(contentsOf: $0) }
    }

    /// HdrHistogram's LEB128: a ninth byte holds eight bits.
    fileprivate mutating func append(zigzag value: Int64) {
        var rest = UInt64(bitPattern: (value << 1) ^ (value >> 63))
        for _ in 0..<8 {
            guard rest >= 0x80 else { return append(UInt8(rest)) }
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(rest))
    }
}
