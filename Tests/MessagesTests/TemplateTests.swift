import GoldenMessages
import Messages
import RPC
import Testing

@Suite struct TemplateTests {
    /// A template with values for its blanks, and the JSON that the same request would be written as.
    struct Case: Sendable {
        var type: String
        var template: String
        var values: [String]
        var same: String

        init(_ type: String, _ template: String, _ values: [String], _ same: String) {
            self.type = "motcua.testing.v1." + type
            self.template = template
            self.values = values
            self.same = same
        }
    }

    static let cases = [
        Case("Scalars", #"{"int32_value": 7}"#, [], #"{"int32_value": 7}"#),
        Case(
            "PutRequest", #"{"request_id": "${run}-${number}"}"#, ["a", "7"],
            #"{"request_id": "a-7"}"#),
        Case("PutRequest", #"{"request_id": "${x}${x}"}"#, ["một"], #"{"request_id": "mộtmột"}"#),
        Case("PutRequest", #"{"request_id": "$${x} ${"}"#, [], #"{"request_id": "${x} ${"}"#),
        Case(
            "Scalars", #"{"int64_value": "${n}", "string_value": "s"}"#, ["-9007199254740993"],
            #"{"int64_value": "-9007199254740993", "string_value": "s"}"#),
        Case("Scalars", #"{"colour": "COLOUR_${c}"}"#, ["RED"], #"{"colour": "COLOUR_RED"}"#),
        Case("Scalars", #"{"bytes_value": "${b}"}"#, ["AP8="], #"{"bytes_value": "AP8="}"#),
        Case(
            "WellKnown", #"{"time": "${now}", "duration": "${d}"}"#,
            ["2026-02-25T16:10:00+07:00", "3.5s"],
            #"{"time": "2026-02-25T09:10:00Z", "duration": "3.500s"}"#),
        Case(
            "Repeats", #"{"strings": ["a", "${b}"], "scalars": [{}, {"string_value": "${c}"}]}"#,
            ["B", "C"],
            #"{"strings": ["a", "B"], "scalars": [{}, {"string_value": "C"}]}"#),
        Case("Repeats", #"{"int32s": [1, "${n}"]}"#, ["2"], #"{"int32s": [1, 2]}"#),
        Case(
            "Containers", #"{"labels": {"${k}": "$${v}"}}"#, ["key"],
            #"{"labels": {"key": "${v}"}}"#),
        Case(
            "Choice", #"{"inner": {"mode": "MODE_ON", "leaves": [{"name": "${n}"}]}}"#,
            [String(repeating: "x", count: 300)],
            #"{"inner": {"mode": "MODE_ON", "leaves": [{"name": "\#(String(repeating: "x", count: 300))"}]}}"#
        ),
    ]

    /// Compared as JSON: protobuf lets fields come in any order.
    @Test(arguments: cases)
    func aFilledTemplateIsTheRequestWrittenOut(_ table: Case) throws {
        let template = try MessageTemplate(table.template, as: table.type, registry: .golden)
        let json = MessageJSON(registry: .golden)
        let filled = try template.serialized(filling: table.values)
        let written = try json.serialized(table.same, as: table.type)
        #expect(
            try json.text(serialized: filled, as: table.type)
                == json.text(serialized: written, as: table.type))
    }

    @Test func blanksAreNamedOnceInTheOrderOfTheText() throws {
        let template = try MessageTemplate(
            #"{"text": "${b}${a}${b}", "note": "${c}"}"#, as: "motcua.testing.v1.Choice",
            registry: .golden)
        #expect(template.blanks == ["b", "a", "c"])
    }

    @Test(arguments: [
        (#"{"no_such": "${x}"}"#, "no_such"), (#"{"source_ids": "${x}"}"#, "source_ids"),
        (#"{"request_id": ["${x}"]}"#, "request_id"), (#"{"request_id": "#, ""),
    ])
    func aTemplateOfNoRequestIsRefusedByField(_ text: String, _ field: String) {
        let error = #expect(throws: MessageError.self) {
            let template = try MessageTemplate(
                text, as: "motcua.testing.v1.PutRequest", registry: .golden)
            _ = try template.serialized(filling: template.blanks)
        }
        #expect(error?.field == field)
    }

    @Test func whatABlankMakesWrongIsToldWhenItIsFilled() throws {
        let number = try MessageTemplate(
            #"{"int64_value": "${n}"}"#, as: "motcua.testing.v1.Scalars", registry: .golden)
        #expect(throws: MessageError.self) { try number.serialized(filling: ["seven"]) }
        let text = try MessageTemplate(
            #"{"string_value": "${n}"}"#, as: "motcua.testing.v1.Scalars", registry: .golden)
        let error = #expect(throws: MessageError.self) { try text.serialized(filling: ["a\0b"]) }
        #expect(error?.code == .embeddedNUL)
    }
}

@Suite struct FieldReaderTests {
    @Test(arguments: [
        ("Scalars", #"{"string_value": "a\"b"}"#, "string_value", "a\"b"),
        ("Scalars", #"{"int64_value": "-5"}"#, "int64Value", "-5"),
        ("Scalars", #"{"colour": "COLOUR_RED"}"#, "colour", "COLOUR_RED"),
        ("Scalars", #"{"bytes_value": "AP8="}"#, "bytes_value", "AP8="),
        ("Scalars", "{}", "int32_value", "0"),
        ("Repeats", #"{"strings": ["a", "b"]}"#, "strings.1", "b"),
        ("Repeats", #"{"strings": ["a", "b"]}"#, "strings.2", ""),
        ("Repeats", #"{"scalars": [{}, {"bool_value": true}]}"#, "scalars.1.bool_value", "true"),
        ("Choice", #"{"inner": {"leaves": [{"name": "n"}]}}"#, "inner.leaves.0.name", "n"),
        ("Choice", #"{"text": "t"}"#, "inner.leaves.0.name", ""),
        ("Choice", #"{"text": "t"}"#, "note", ""),
        ("WellKnown", #"{"time": "2026-02-25T16:10:00+07:00"}"#, "time", "2026-02-25T09:10:00Z"),
        ("WellKnown", "{}", "time", ""), ("Nest", #"{"a": {}}"#, "a.b.c.0.d.name", ""),
    ])
    func aValueIsReadAsJSONWritesIt(
        _ type: String, _ text: String, _ path: String, _ value: String
    ) throws {
        let name = "motcua.testing.v1." + type
        let bytes = try MessageJSON(registry: .golden).serialized(text, as: name)
        #expect(try FieldReader(path, of: name, registry: .golden).text(in: bytes) == value)
    }

    @Test(arguments: [
        ("Scalars", "nothing"), ("Scalars", ""), ("Scalars", "string_value.x"),
        ("Repeats", "strings"), ("Repeats", "strings.x"), ("Repeats", "strings.-1"),
        ("Nest", "a"), ("NoSuch", "a"),
    ])
    func aPathThatLeadsToNoValueIsRefused(_ type: String, _ path: String) {
        #expect(throws: MessageError.self) {
            try FieldReader(path, of: "motcua.testing.v1." + type, registry: .golden)
        }
    }

    @Test func bytesOfNoMessageAreRefused() throws {
        let reader = try FieldReader(
            "string_value", of: "motcua.testing.v1.Scalars", registry: .golden)
        #expect(throws: MessageError.self) { try reader.text(in: [0x72, 0xff]) }
    }
}
