import ArgumentParser
import Foundation
import GoldenMessages
import Messages
import RPC

struct Coding: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Encodes and decodes a record; prints one line of JSON.")

    @Argument(help: "Where its bytes are.") var file: String
    @Argument(help: "Of the measurement.") var seconds: Double

    func run() throws {
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: file)))
        let record = try TestingV1.Record(serialized: bytes)
        let written = try record.serialized()
        precondition(written == bytes, "the record is written as it was read")
        let target = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 8)
        defer { target.deallocate() }
        let encode = try cost(seconds: seconds / 2) {
            try record.serialize { (byteCount) throws(MessageError) in
                precondition(byteCount == target.count)
                return target.baseAddress!
            }
        }
        let decode = try bytes.withUnsafeBytes { bytes in
            try cost(seconds: seconds / 2) {
                let read = try TestingV1.Record(serialized: bytes)
                precondition(read.version == record.version)
            }
        }
        print("{\"encode_ns\": \(encode), \"decode_ns\": \(decode)}")
    }

    /// Nanoseconds of this thread's CPU time.
    private func cost(seconds: Double, _ body: () throws -> Void) rethrows -> Double {
        let batch = 1000
        for _ in 0..<batch { try body() }
        let start = cpuSeconds(CLOCK_THREAD_CPUTIME_ID)
        var count = 0
        while true {
            for _ in 0..<batch { try body() }
            count += batch
            let elapsed = cpuSeconds(CLOCK_THREAD_CPUTIME_ID) - start
            if elapsed >= seconds { return elapsed / Double(count) * 1e9 }
        }
    }
}

/// Writes the record that every contestant of the coding benchmark reads.
struct WriteRecord: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "write-record", abstract: "Writes the record that is encoded and decoded.")

    @Argument(help: "Where to.") var file: String

    func run() throws {
        try Data(WriteRecord.record.serialized()).write(to: URL(fileURLWithPath: file))
    }

    static let record = TestingV1.Record.with {
        $0.recordID = "01jd5m7q8x-000000042"
        $0.code = "000.00.01.H26-251121-0042"
        $0.procedureID = "1.000656"
        $0.receivingUnit = "UBND phường Cửa Nam"
        $0.fullName = "Nguyễn Thị Minh Khai"
        $0.identityNumber = "001190012345"
        $0.phone = "0912345678"
        $0.address = "12 phố Lý Thường Kiệt, phường Cửa Nam, Hà Nội"
        $0.note = "Nộp hộ, có giấy ủy quyền kèm theo; nhận kết quả tại nhà qua bưu chính công ích"
        $0.regime = "118/2025/NĐ-CP"
        $0.amountDong = 50_000
        $0.sequence = 4_200_042
        $0.version = 7
        $0.sizeBytes = 1_048_576
        $0.submitTime = .with { ($0.seconds, $0.nanos) = (1_763_700_000, 125_000_000) }
        $0.acceptTime = .with { ($0.seconds, $0.nanos) = (1_763_703_600, 500_000_000) }
        $0.dueTime = .with { ($0.seconds, $0.nanos) = (1_764_133_200, 0) }
        $0.parts = [.with { $0.name = "Giấy khai sinh" }, .with { $0.name = "Tờ khai số 01" }]
    }
}
