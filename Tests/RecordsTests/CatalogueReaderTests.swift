import Foundation
import Testing
import WorkingTime

@testable import Records

@Suite struct CatalogueReaderTests {
    /// Counts of the catalogue, taken by another program from the same file.
    @Test func theRealCatalogueReadsWhole() throws {
        let reading = CatalogueReader.read(try Samples.catalogue())
        #expect(reading.refused.isEmpty)
        let contents = reading.accepted.map(\.content)
        #expect(contents.count == 83)

        let limits = contents.flatMap(\.limits)
        #expect(limits.count == 179)
        let units = Dictionary(grouping: limits, by: \.limit.unit).mapValues(\.count)
        #expect(
            units == [
                .workingDay: 112, .day: 28, .hour: 5, .month: 3, .sameDay: 11, .unspecified: 20,
            ])

        #expect(contents.count { $0.feeLines.isEmpty } == 50)
        let amounts = contents.flatMap(\.feeLines)
        #expect(amounts.count { $0.amount == .open } == 16)
        #expect(amounts.count { $0.amount == .dong(0) } == 9)
        #expect(amounts.count { if case .dong(1...) = $0.amount { true } else { false } } == 13)
        #expect(amounts.count { $0.kind == .serviceFee } == 19)

        let components = contents.flatMap(\.components)
        #expect(components.count == 278)
        #expect(components.count { $0.originals == 0 && $0.copies == 0 } == 18)
        #expect(components.count { !$0.form.isEmpty } == 81)
        #expect(contents.count { $0.components.isEmpty } == 2)
        #expect(contents.flatMap(\.legalBasis).count == 429)
    }

    @Test func idsFollowTheOrderOfTheSource() throws {
        let content = try Samples.procedure("1493")
        #expect(content.limits.map(\.id) == ["L1", "L2", "L3", "L4", "L5", "L6"])
        #expect(content.limits[3].channel == .online)
        #expect(content.limits[3].limit == (try TimeLimit(15, .day)))
        #expect(content.feeLines.map(\.id) == ["F1", "F2"])
        #expect(content.feeLines.map(\.amount) == [.dong(200_000), .dong(100_000)])
        #expect(content.components.map(\.id) == ["C1", "C2", "C3"])
    }

    @Test func aDamagedLineLeavesTheOthers() throws {
        var lines = try Samples.catalogue().split(separator: 0x0A).map(Array.init)
        lines[40] = Array(lines[40].dropLast(7))
        lines[41][30] = 0xFF
        lines.insert([], at: 50)
        lines.append(lines[0])
        let reading = CatalogueReader.read(Array(lines.joined(separator: [0x0A])))
        #expect(reading.accepted.count == 81)
        #expect(
            reading.refused.map { "\($0.line) \($0.problem.reason)" } == [
                "41 not one JSON object: check quotes, commas and brackets",
                "42 not UTF-8: save the file as UTF-8",
                "85 source_id: 1488 stands in line 1 already; keep one of them",
            ])
    }

    @Test func textIsKeptInNFC() throws {
        let decomposed = try Self.read(#""Tên""#, #""Ca\u0302\u0301p gia\u0302\u0301y""#)
        #expect(Array(decomposed.content.name.unicodeScalars) == Array("Cấp giấy".unicodeScalars))
        #expect(decomposed == (try Self.read(#""Tên""#, #""Cấp giấy""#)))
    }

    @Test func noPapersNoFeesAndZeroCopiesAreLegal() throws {
        let unasked = try Self.read(#""originals":1"#, #""originals":0"#)
        #expect(
            unasked.content.components == [
                RequiredComponent(id: "C1", name: "Đơn", originals: 0, copies: 0, form: "")
            ])
        #expect(try Self.read("[\(Self.paper)]", "[]").content.components == [])
        #expect(try Self.read("[\(Self.fee)]", "[]").content.feeLines == [])
    }

    @Test(
        arguments: [
            (
                #""working_day""#, "null",
                "methods[0].limit_unit: is missing, has to be one of \(units)"
            ),
            (
                #""working_day""#, #""week""#,
                "methods[0].limit_unit: \"week\" is not one of \(units)"
            ),
            (
                #":"direct""#, #":"Trực tiếp""#,
                "methods[0].channel: \"Trực tiếp\" is not one of direct, online, post"
            ),
            (#"value":5"#, #"value":null"#, "methods[0].limit_value: has to be a whole number"),
            (#"value":5"#, #"value":"5""#, "methods[0].limit_value: has to be a whole number"),
            (
                #"value":5"#, #"value":5.0"#,
                "limit_value: write whole numbers in digits alone, not 5.0"
            ),
            (
                #"value":5"#, #"value": 5e0"#,
                "limit_value: write whole numbers in digits alone, not 5e0"
            ),
            (#"value":5"#, #"value":true"#, "methods[0].limit_value: has to be a whole number"),
            (#"value":5"#, #"value":0"#, "methods[0].limit_value: has to be 1 to 3650"),
            (
                #"value":5"#, #"value":-3"#,
                "methods[0].limit_value: is negative, has to be 1 to 3650"
            ),
            (#""working_day""#, #""month""#, nil),
            (
                #"5,"limit_unit":"working_day""#, #"121,"limit_unit":"month""#,
                "methods[0].limit_value: has to be 1 to 120"
            ),
            (
                #""working_day""#, #""same_day""#,
                "methods[0].limit_value: has to be null: same_day takes no number"
            ),
            (
                #""working_day""#, #""unspecified""#,
                "methods[0].limit_value: has to be null: unspecified takes no number"
            ),
            (method, "", "methods: is empty"),
            (method, "\(method),\(method)", "methods[1]: is the same as methods[0]"),
            (
                method, #"{"hinh_thuc":"Trực tiếp"}"#,
                "methods[0] keys: unknown hinh_thuc; missing channel, limit_value, limit_unit, limit_text"
            ),
            (method, "5", "methods[0]: has to be an object"),
            (
                #"dong":1"#, #"dong":-1"#,
                "fees[0].amount_dong: is negative, has to be 0 to 1000000000000"
            ),
            (#"dong":1"#, #"dong":0.5"#, "fees[0].amount_dong: has to be a whole number"),
            (
                #"dong":1"#, #"dong":99999999999999999999"#,
                "fees[0].amount_dong: has to be a whole number"
            ),
            (#""phi""#, #""gia""#, "fees[0].kind: \"gia\" is not one of phi, le_phi"),
            (#"["direct"]"#, "[]", "fees[0].channels: is empty"),
            (#"["direct"]"#, #"["post"]"#, "fees[0].channels: post is no channel of methods"),
            (#"["direct"]"#, #"["direct","direct"]"#, "fees[0].channels: direct occurs twice"),
            (
                #""copies":0"#, #""copies":-1"#,
                "components[0].copies: is negative, has to be 0 to 1000"
            ),
            (#""Đơn""#, #"" ""#, "components[0].name: is blank"),
            (#""Tên""#, #""""#, "name: is blank"),
            (#""Tên""#, #""a\u0000b""#, "name: holds a control character"),
            (
                #""Tên""#, "\"\(String(repeating: "a", count: 1001))\"",
                "name: is over 1000 characters"
            ),
            (#""source_id":7"#, #""source_id":null"#, "source_id: has to be a whole number"),
            (#""source_id":7"#, #""source_id":"7""#, "source_id: has to be a whole number"),
            (
                #""source_id":7"#, #""source_id":-1"#,
                "source_id: is negative, has to be 1 to 999999999"
            ),
            (
                #""code":null"#, #""code":"1.1193""#,
                "code: is written like 1.001193, 1.001193.H26 or 1.001193.000.00.00.H26, or null"
            ),
            (#"["Sở"]"#, #""Sở Tư pháp, Bộ""#, "agencies: has to be a list"),
            (#"["Sở"]"#, #"["Sở",""]"#, "agencies[1]: is blank"),
            (#""code":null"#, #""extra":1"#, "keys: unknown extra"),
        ] as [(String, String, String?)])
    func eachDamageHasItsReason(sound: String, damaged: String, reason: String?) throws {
        guard let reason else {
            _ = try Self.read(sound, damaged)
            return
        }
        #expect(throws: LineProblem(reason: reason)) { try Self.read(sound, damaged) }
    }

    @Test(
        arguments: [
            (
                #""name":"Tên""#, #""name":"Tên","name":"Khác""#,
                "name: stands twice in one object; keep one of them"
            ),
            (
                #""copies":0"#, #""copies":0, "copies" : 1"#,
                "copies: stands twice in one object; keep one of them"
            ),
            (#""copies":0"#, #""cop\u0069es":0"#, #"cop\u0069es: write the key without escapes"#),
            (#""name":"Tên""#, #""name":"\"name\": 1.5, {\\""#, nil),
            (#""amount_dong":1"#, #""amount_dong":-0"#, nil),
        ] as [(String, String, String?)])
    func aValueThatWouldWinUnseenIsRefused(sound: String, damaged: String, reason: String?) throws {
        guard let reason else {
            _ = try Self.read(sound, damaged)
            return
        }
        #expect(throws: LineProblem(reason: reason)) { try Self.read(sound, damaged) }
    }

    @Test func aLineHasALimit() throws {
        let padding = CatalogueReader.lineBytesMax - Self.row.utf8.count
        let full = Array(Self.row.utf8) + [UInt8](repeating: 0x20, count: padding)
        #expect(try CatalogueReader.read(line: full[...]).procedureID == "7")
        #expect(throws: LineProblem(reason: "is over 65536 bytes")) {
            try CatalogueReader.read(line: (full + [0x20])[...])
        }
    }

    @Test(arguments: [
        ("[]", "not a JSON object: a line is one object in braces"),
        ("7", "not a JSON object: a line is one object in braces"),
        ("{", "not one JSON object: check quotes, commas and brackets"),
        ("{} {}", "not one JSON object: check quotes, commas and brackets"),
        ("\u{FEFF}{}", "begins with a byte order mark: save the file without it"),
        (
            "{}",
            "keys: missing source_id, name, field, agencies, applicants, result, methods, fees, components, legal_basis"
        ),
    ])
    func whatIsNoRowIsRefused(text: String, reason: String) {
        #expect(throws: LineProblem(reason: reason)) {
            try CatalogueReader.read(line: Array(text.utf8)[...])
        }
    }

    static let units =
        "working_hour, working_day, hour, day, month, same_day, unspecified"
    static let method =
        #"{"channel":"direct","limit_value":5,"limit_unit":"working_day","limit_text":"5 Ngày"}"#
    static let fee =
        #"{"kind":"phi","amount_dong":1,"per":null,"note":null,"channels":["direct"]}"#
    static let paper = #"{"name":"Đơn","originals":1,"copies":0,"form":null}"#
    static let row =
        #"{"source_id":7,"code":null,"name":"Tên","field":"Lĩnh vực","agencies":["Sở"],"#
        + #""applicants":["Công dân"],"result":"Giấy","#
        + #""methods":[\#(method)],"fees":[\#(fee)],"components":[\#(paper)],"legal_basis":["1/2026"]}"#

    static func read(_ sound: String, _ damaged: String) throws -> CatalogueLine {
        let range = try #require(row.range(of: sound))
        return try CatalogueReader.read(
            line: Array(row.replacingCharacters(in: range, with: damaged).utf8)[...])
    }
}
