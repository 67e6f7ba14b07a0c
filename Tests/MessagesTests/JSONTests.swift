import GoldenMessages
import Messages
import RPC
import Testing

@Suite struct JSONTests {
    private let json = MessageJSON(registry: .golden)

    /// Values worked out by hand from proto3's JSON mapping.
    static let texts: [(any Message, String)] = [
        (TestingV1.Empty(), "{}"),
        (
            Golden.lowest.value,
            #"{"doubleValue":-1.5,"floatValue":3.25,"int32Value":-2147483648,"#
                + #""int64Value":"-9223372036854775808","uint32Value":4294967295,"#
                + #""uint64Value":"18446744073709551615","sint32Value":-2147483648,"#
                + #""sint64Value":"-9223372036854775808","fixed32Value":4294967295,"#
                + #""fixed64Value":"18446744073709551615","sfixed32Value":-2147483648,"#
                + #""sfixed64Value":"-9223372036854775808","boolValue":true,"stringValue":"một cửa","#
                + #""bytesValue":"AP8=","colour":"COLOUR_DARK_BLUE","sign":"SIGN_NEGATIVE"}"#
        ),
        (
            TestingV1.Scalars.with {
                $0.doubleValue = -.infinity
                $0.floatValue = .infinity
                $0.stringValue = "\"\\\n\t\u{1}"
                $0.colour = .unrecognized(99)
            },
            #"{"doubleValue":"-Infinity","floatValue":"Infinity","stringValue":"\"\\\n\t\u0001","colour":99}"#
        ),
        (
            Golden.containers.value,
            #"{"labels":{"a":"1","b":"2"},"counts":{"n":"-1"},"parts":{"p":{"boolValue":true}},"#
                + #""names":{"-1":"minus","2":"two"},"colours":{"true":"COLOUR_RED"},"blobs":{"7":"eA=="}}"#
        ),
        (TestingV1.Choice.with { $0.outcome = .number(0) }, #"{"number":"0"}"#),
        (TestingV1.Choice.with { $0.outcome = .text("") }, #"{"text":""}"#),
        (
            Golden.wellKnown.value,
            #"{"time":"2026-02-25T09:10:00.500Z","duration":"-3.500s","mask":"dueTime,a.bC","#
                + #""any":{"@type":"type.googleapis.com/motcua.testing.v1.Nest","a":{}},"empty":{},"#
                + #""times":["1970-01-01T00:00:00Z","1969-12-31T23:59:59Z"]}"#
        ),
        (
            TestingV1.PutRequest.with {
                $0.requestID = "r"
                $0.sourceIDs = ["s"]
                $0.contentSHA256 = "c"
            },
            #"{"requestId":"r","sourceIds":["s"],"contentSha256":"c"}"#
        ),
    ]

    @Test(arguments: texts.indices)
    func aMessageIsWrittenAndReadBack(_ index: Int) throws {
        let (message, text) = Self.texts[index]
        let name = type(of: message).fullName
        let bytes = try message.serialized()
        #expect(try json.text(serialized: bytes, as: name) == text)
        #expect(try json.serialized(text, as: name) == bytes)
    }

    @Test(arguments: Golden.all)
    func jsonLosesNothing(_ fixture: any AnyFixture) throws {
        let name = type(of: fixture.value as any Message).fullName
        let text = try json.text(serialized: fixture.bytes, as: name)
        #expect(try json.serialized(text, as: name).hex == fixture.bytes.hex)
        let indented = try MessageJSON(registry: .golden, isIndented: true).text(
            serialized: fixture.bytes, as: name)
        #expect(try json.serialized(indented, as: name).hex == fixture.bytes.hex)
    }

    @Test(arguments: ["name", "due_time,a.b_c", "chữ", "", "_name"])
    func aMaskIsReadBackAsItWasWritten(_ paths: String) throws {
        let mask = GoogleProtobuf.FieldMask.with {
            $0.paths = paths.split(separator: ",").map(String.init)
        }
        let json = MessageJSON()
        #expect(try json.message(json.text(mask)) == mask)
    }

    @Test(arguments: ["dueTime", "cHữ", "due__time", "a_", "a_1", "a,b", ""])
    func aPathThatJSONCannotSpellIsRefused(_ path: String) {
        let mask = GoogleProtobuf.FieldMask.with { $0.paths = ["name", path] }
        let error = #expect(throws: MessageError.self) { try MessageJSON().text(mask) }
        #expect(error?.message == "\"\(path)\" has no form in a JSON mask")
    }

    @Test(arguments: [(63, true), (64, false), (5_000, false)])
    func anAnyInAnAnyIsWrittenAsDeepAsItIsRead(_ depth: Int, _ isWritten: Bool) throws {
        var message = GoogleProtobuf.`Any`()
        for _ in 0..<depth {
            message.value = try message.serialized()
            message.typeURL = "/google.protobuf.Any"
        }
        let json = MessageJSON()
        if isWritten {
            #expect(try json.message(json.text(message)) == message)
        } else {
            let error = #expect(throws: MessageError.self) { try json.text(message) }
            #expect(error?.message == "the message nests deeper than 64")
        }
    }

    @Test func aKeyThatCameTwiceIsWrittenOnceWithItsLastValue() throws {
        // labels { "a": "1" } labels { "b": "2" } labels { "a": "3" }, then names { 7: "x" } twice.
        let bytes = [UInt8](
            hex: "0a060a01611201310a060a01621201320a060a01611201332205080712017822050807120179")
        let text = try json.text(serialized: bytes, as: TestingV1.Containers.fullName)
        #expect(text == #"{"labels":{"b":"2","a":"3"},"names":{"7":"y"}}"#)
        let read: TestingV1.Containers = try json.message(text)
        #expect(try read == TestingV1.Containers(serialized: bytes))
    }

    @Test func bothSpellingsOfANameAreRead() throws {
        let first: TestingV1.PutRequest = try json.message(
            #"{"request_id": "r", "sourceIds": ["a"]}"#)
        let second: TestingV1.PutRequest = try json.message(
            #"{"requestId": "r", "source_ids": ["a"]}"#)
        #expect(first == second)
        #expect(first.requestID == "r")
    }

    @Test func numbersAreReadInEachFormThatTheMappingAllows() throws {
        let message: TestingV1.Scalars = try json.message(
            """
            {"int32Value": "7", "int64Value": 9007199254740993, "uint32Value": 1e3, "sint32Value": -2.0,
             "doubleValue": "1.5", "floatValue": "NaN", "colour": 1, "sign": "SIGN_PLUS", "boolValue": null}
            """)
        #expect(message.int32Value == 7)
        #expect(message.int64Value == 9_007_199_254_740_993)
        #expect(message.uint32Value == 1_000)
        #expect(message.sint32Value == -2)
        #expect(message.doubleValue == 1.5)
        #expect(message.floatValue.isNaN)
        #expect(message.colour == .red)
        #expect(message.sign == .positive)
    }

    @Test func timesAreReadWithAnyOffset() throws {
        let message: TestingV1.WellKnown = try json.message(
            #"{"time": "2026-02-25T16:10:00.5+07:00", "duration": "0.000000001s"}"#)
        #expect(message.time == Golden.wellKnown.value.time)
        #expect(message.duration?.nanos == 1)
    }

    @Test(arguments: [
        Float.greatestFiniteMagnitude, -.greatestFiniteMagnitude, .leastNonzeroMagnitude, 0.1,
    ])
    func everyFloatIsReadBackFromItsShortestText(value: Float) throws {
        let message: TestingV1.Scalars = try json.message("{\"floatValue\": \(value)}")
        #expect(message.floatValue == value)
    }

    @Test(arguments: [
        // What is refused, the field's path, and a word that the sentence must hold.
        (#"{"int32Value": 2147483648}"#, "int32Value", "2147483647"),
        (#"{"int32Value": 1.5}"#, "int32Value", "integer"),
        (#"{"uint32Value": -1}"#, "uint32Value", "0 to 4294967295"),
        (#"{"int64Value": 9223372036854775808}"#, "int64Value", "integer"),
        (#"{"floatValue": 1e39}"#, "floatValue", "number"),
        (#"{"boolValue": "true"}"#, "boolValue", "true or false"),
        (#"{"colour": "RED"}"#, "colour", "COLOUR_RED"),
        (#"{"stringValue": 1}"#, "stringValue", "string"),
        (#"{"stringValue": "a\u0000"}"#, "stringValue", "NUL"),
        (#"{"bytesValue": "?"}"#, "bytesValue", "base64"),
        (#"{"nosuch": 1}"#, "nosuch", "string_value"),
        (#"{"int32Value": 1, "int32_value": 2}"#, "int32_value", "twice"),
        (#"{"int32Value": 1, "int32Value": 2}"#, "", "twice"),
        (#"{"int32Value": 01}"#, "", "line 1, column"),
        (#"{"int32Value": 1,}"#, "", "key in quotes"),
        (#"{"int32Value": 1} x"#, "", "goes on"),
        (#"[]"#, "", "must be an object"),
        (#"{"stringValue": "\ud800"}"#, "", "surrogate"),
        ("{\"stringValue\": \"\n\"}", "", "control character"),
        ("", "", "ends"),
        (String(repeating: "[", count: 100_000), "", "nested deeper than 64"),
    ])
    func jsonThatIsNoMessageIsRefused(_ text: String, _ field: String, _ word: String) throws {
        let error = #expect(throws: MessageError.self) {
            try json.serialized(text, as: TestingV1.Scalars.fullName)
        }
        #expect(error?.field == field)
        #expect(error?.message.contains(word) == true, "\(error?.message ?? "")")
    }

    @Test func aNestedFieldIsNamedByItsPath() throws {
        let texts: [(String, String)] = [
            (#"{"inner": {"leaves": [{"name": "a"}, {"nome": "b"}]}}"#, "inner.leaves[1].nome"),
            (#"{"text": "a", "number": 1}"#, "number"),
        ]
        for (text, field) in texts {
            let error = #expect(throws: MessageError.self) {
                try json.serialized(text, as: TestingV1.Choice.fullName)
            }
            #expect(error?.field == field)
        }
    }

    @Test func jsonMapsAreSortedLikeAnyOther() throws {
        let bytes = try json.serialized(
            #"{"names": {"2": "two", "-1": "minus"}, "labels": {"b": "2", "a": "1"}}"#,
            as: TestingV1.Containers.fullName)
        let value = TestingV1.Containers.with {
            $0.names = [2: "two", -1: "minus"]
            $0.labels = ["a": "1", "b": "2"]
        }
        #expect(try bytes == value.serialized())
    }

    @Test func anAnyOfAnUnknownTypeKeepsItsBytes() throws {
        let message = TestingV1.WellKnown.with {
            $0.any = .with {
                $0.typeURL = "type.googleapis.com/nowhere.Thing"
                $0.value = [1, 2]
            }
        }
        let text = try json.text(message)
        #expect(text == #"{"any":{"@type":"type.googleapis.com/nowhere.Thing","value":"AQI="}}"#)
        #expect(try json.message(text) as TestingV1.WellKnown == message)
    }

    @Test func anUnknownMessageNameIsRefused() {
        #expect(throws: MessageError.self) { try json.serialized("{}", as: "nowhere.Thing") }
    }
}
