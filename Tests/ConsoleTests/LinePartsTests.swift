import Testing

@testable import Console

@Suite struct LinePartsTests {
    @Test(arguments: ["", "\n"]) func aFileWithoutLinesIsOnePartAtMost(_ text: String) {
        #expect(LineParts.parts(of: Array(text.utf8)).count <= 1)
    }

    @Test(arguments: [(1, 10), (50, 10), (51, 10), (260, 1), (40, 300), (3, 1_005), (9, 999)])
    func partsTogetherAreTheFileAndEachFitsARequest(_ count: Int, _ width: Int) {
        let (bytesMax, linesMax) = (1_000, 50)
        let lines = (0..<count).map { number in
            [UInt8](repeating: UInt8(ascii: "a") + UInt8(number % 26), count: width) + [0x0A]
        }
        let file = Array(lines.joined())
        let parts = LineParts.parts(of: file, bytesMax: bytesMax, linesMax: linesMax)
        #expect(parts.flatMap(\.bytes) == file)
        var before = 0
        for part in parts {
            let partLines = part.bytes.count { $0 == 0x0A }
            #expect(part.linesBefore == before)
            #expect(partLines <= linesMax)
            // A line that is longer than a part stands alone, and the service refuses it.
            #expect(part.bytes.count <= bytesMax || partLines == 1)
            before += partLines
        }
        #expect(before == count)
    }

    @Test func aLastLineNeedsNoLineFeed() {
        let parts = LineParts.parts(of: Array("a\nb".utf8))
        #expect(parts == [LineParts.Part(bytes: Array("a\nb\n".utf8), linesBefore: 0)])
    }
}
