import Foundation
import Testing
import VietQR

struct SymbolTests {
    private static let seed = Comment(rawValue: "MOTCUA_TEST_SEED=\(SeededRandom.seed)")

    @Test(
        .enabled(if: Tool.zbarimg.isInstalled, "zbarimg (zbar-tools) is not installed"),
        arguments: [2, 4, 7])
    func imagesAreReadByAnIndependentDecoder(modulePixels: Int) throws {
        let payloads = try Self.payloads()
        let images = try payloads.map { try QRSymbol($0).png(modulePixels: modulePixels) }
        #expect(try Tool.decode(images, named: "png") == payloads, Self.seed)
    }

    @Test(
        .enabled(
            if: Tool.zbarimg.isInstalled && Tool.rsvgConvert.isInstalled,
            "zbarimg (zbar-tools) or rsvg-convert (librsvg2-bin) is not installed"))
    func drawingsAreReadByAnIndependentDecoder() throws {
        let payloads = try Self.payloads()
        let images = try payloads.map { payload in
            let svg = try QRSymbol(payload).svg()
            return try Tool.rsvgConvert.run(["-w", "360"], input: Array(svg.utf8))
        }
        #expect(try Tool.decode(images, named: "png") == payloads, Self.seed)
    }

    @Test(
        .enabled(if: Tool.zbarimg.isInstalled, "zbarimg (zbar-tools) is not installed"),
        arguments: QRSymbol.TextStyle.allCases)
    func terminalTextIsReadByAnIndependentDecoder(style: QRSymbol.TextStyle) throws {
        let payloads = try Self.payloads()
        let images = try payloads.map { payload in
            try Self.bitmap(ofText: QRSymbol(payload).text(style), style)
        }
        #expect(try Tool.decode(images, named: "pbm") == payloads, Self.seed)
    }

    @Test func usualPayloadFitsVersionFive() throws {
        let payload = try PaymentRequest(
            bankBIN: "970436", accountNumber: "0011001234567", amountDong: 300_000,
            content: "DVCK3X9QZ7M2T4J"
        ).payload()
        #expect(try QRSymbol(payload).side <= 37)
    }

    @Test func outsideTheSymbolIsLight() throws {
        let symbol = try QRSymbol("DVC")
        #expect(symbol.side == 21)
        #expect(symbol.isDark(row: 0, column: 0))
        for (row, column) in [(-1, 0), (0, -1), (21, 0), (0, 21), (.min, .max)] {
            #expect(!symbol.isDark(row: row, column: column))
        }
    }

    @Test func textsAreBoundedAndPrintable() throws {
        #expect(try QRSymbol(String(repeating: "~", count: 512)).side > 21)
        #expect(throws: SymbolRefusal.tooLong(bytes: 513)) {
            try QRSymbol(String(repeating: "~", count: 513))
        }
        #expect(throws: SymbolRefusal.empty) { try QRSymbol("") }
        #expect(throws: SymbolRefusal.notPrintableASCII(offset: 1)) { try QRSymbol("a\0b") }
        #expect(throws: SymbolRefusal.notPrintableASCII(offset: 1)) { try QRSymbol("Lệ") }
    }

    @Test func symbolsAreTheSameFromManyThreads() async throws {
        let payloads = try Self.payloads()
        let alone = try payloads.map { try QRSymbol($0) }
        try await withThrowingTaskGroup(of: [QRSymbol].self) { group in
            for _ in 0..<8 { group.addTask { try payloads.map { try QRSymbol($0) } } }
            for try await symbols in group { #expect(symbols == alone) }
        }
    }

    private static func payloads() throws -> [String] {
        var random = SeededRandom(30)
        let requests = (0..<36).map { _ in PaymentRequest.random(using: &random) }
        return try PayloadExampleTests.official.map(\.payload)
            + requests.map { try $0.payload(profile: .standard) }
    }

    /// A plain PBM of the text's half blocks, as a terminal would show it.
    private static func bitmap(
        ofText text: String, _ style: QRSymbol.TextStyle
    ) throws -> [UInt8] {
        let foreground = style == .plainLightOnDark ? "0" : "1"
        let background = style == .plainLightOnDark ? "1" : "0"
        var rows: [[String]] = []
        for line in text.split(separator: "\n") {
            if style == .coloured {
                #expect(line.hasPrefix("\u{1B}[38;5;16;48;5;231m") && line.hasSuffix("\u{1B}[0m"))
            }
            let blocks = line.replacing("\u{1B}[38;5;16;48;5;231m", with: "")
                .replacing("\u{1B}[0m", with: "")
            rows.append(blocks.map { "█▀".contains($0) ? foreground : background })
            rows.append(blocks.map { "█▄".contains($0) ? foreground : background })
        }
        let width = try #require(rows.first).count
        #expect(rows.allSatisfy { $0.count == width })
        let pixels = rows.flatMap { row in
            Array(repeating: row.flatMap { [$0, $0, $0, $0] }.joined(separator: " "), count: 4)
        }
        let header = "P1 \(width * 4) \(rows.count * 4)\n"
        return Array((header + pixels.joined(separator: "\n") + "\n").utf8)
    }
}

/// A program of the host that reads or draws what this room makes.
struct Tool {
    static let zbarimg = Tool(name: "zbarimg")
    static let rsvgConvert = Tool(name: "rsvg-convert")

    let name: String

    var isInstalled: Bool { FileManager.default.isExecutableFile(atPath: "/usr/bin/\(name)") }

    /// One line a symbol, in the order of the images.
    static func decode(_ images: [[UInt8]], named suffix: String) throws -> [String] {
        let directory = FileManager.default.temporaryDirectory
            .appending(path: "motcua-symbols-\(UUID())")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer {
            do { try FileManager.default.removeItem(at: directory) } catch {
                Issue.record("\(directory.path) is left behind: \(error)")
            }
        }
        let paths = try images.enumerated().map { index, image in
            let file = directory.appending(path: "\(index).\(suffix)")
            try Data(image).write(to: file)
            return file.path
        }
        let output = try zbarimg.run(
            ["-q", "--raw", "-Sdisable", "-Sqrcode.enable"] + paths, input: [])
        return String(decoding: output, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    func run(_ arguments: [String], input: [UInt8]) throws -> [UInt8] {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/\(name)")
        process.arguments = arguments
        let standardInput = Pipe()
        let standardOutput = Pipe()
        process.standardInput = standardInput
        process.standardOutput = standardOutput
        process.standardError = FileHandle.nullDevice
        try process.run()
        try standardInput.fileHandleForWriting.write(contentsOf: Data(input))
        try standardInput.fileHandleForWriting.close()
        let output = try standardOutput.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return Array(output)
    }
}
