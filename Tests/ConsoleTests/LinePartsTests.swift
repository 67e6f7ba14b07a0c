import Testing

@testable import Console

@Suite struct LinePartsTests {
    @Test(arguments: ["", "\n"]) func aFileWithoutLinesIsOnePartAtMost(_ text: String) {
        #expect(LineParts.parts(of: Array(text.utf8)).count <= 1)
    }

    @Test(arguments: [
        (1, 10), (LineParts.linesMax, 10), (LineParts.linesMax + 1, 10), (25_000, 1),
        (40, 100_000), (3, LineParts.bytesMax + 5),
    ])
    func partsTogetherAreTheFileAndEachFitsARequest(_ count: Int, _ width: Int) {
        let lines = (0..<count).map { number in
            [UInt8](repeating: UInt8(ascii: "a") + UInt8(number % 26), count: width) + [0x0A]
        }
        let parts = LineParts.parts(of: Array(lines.joined()))
        #expect(parts.flatMap(\.bytes) == Array(lines.joined()))
        var before = 0
        for part in parts {
            let partLines = part.bytes.count { $0 == 0x0A }
            #expect(part.linesBefore == before)
            #expect(partLines <= LineParts.linesMax)
            // A line that is longer than a part stands alone, and the service refuses it.
            #expect(part.bytes.count <= LineParts.bytesMax || partLines == 1)
            before += partLines
        }
        #expect(before == count)
    }

    @Test func aLastLineNeedsNoLineFeed() {
        let parts = LineParts.parts(of: Array("a\nb".utf8))
        #expect(parts == [LineParts.Part(bytes: Array("a\nb\n".utf8), linesBefore: 0)])
    }
}
