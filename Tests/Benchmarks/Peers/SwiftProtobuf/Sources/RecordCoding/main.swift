// swift-protobuf-coding FILE SECONDS: encodes and decodes the record in FILE with SwiftProtobuf; prints one line of JSON.
import Foundation
import SwiftProtobuf

typealias Record = Motcua_Testing_V1_Record

func cpuSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

/// Nanoseconds of this thread's CPU time.
func cost(seconds: Double, _ body: () throws -> Void) rethrows -> Double {
    let batch = 1000
    for _ in 0..<batch { try body() }
    let start = cpuSeconds()
    var count = 0
    while true {
        for _ in 0..<batch { try body() }
        count += batch
        let elapsed = cpuSeconds() - start
        if elapsed >= seconds { return elapsed / Double(count) * 1e9 }
    }
}

guard CommandLine.arguments.count == 3, let seconds = Double(CommandLine.arguments[2]) else {
    fatalError("swift-protobuf-coding FILE SECONDS")
}
// Data is the quickest of the byte collections that the library takes.
let bytes = try Data(contentsOf: URL(fileURLWithPath: CommandLine.arguments[1]))
let record = try Record(serializedBytes: bytes)
precondition(record.unknownFields.data.isEmpty, "Generated/ is of another record.proto")
let written: Data = try record.serializedBytes()
precondition(written == bytes, "the record is written as it was read")
let encode = try cost(seconds: seconds / 2) {
    let written: Data = try record.serializedBytes()
    precondition(written.count == bytes.count)
}
let decode = try cost(seconds: seconds / 2) {
    let read = try Record(serializedBytes: bytes)
    precondition(read.version == record.version)
}
print("{\"encode_ns\": \(encode), \"decode_ns\": \(decode)}")
