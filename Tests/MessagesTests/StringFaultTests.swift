import GoldenMessages
import Messages
import RPC
import Testing

/// Strings that C would cut short or that are no text are refused, with the field's path, both
/// ways.
@Suite struct StringFaultTests {
    @Test(arguments: [
        // string_value: "a\0bcd"
        ("720561006263" + "64", MessageError.Code.embeddedNUL),
        ("720100", .embeddedNUL),
        ("72026100", .embeddedNUL),
        // A lone continuation byte, an overlong slash, half of a surrogate pair, a character cut in
        // two.
        ("720180", .invalidUTF8),
        ("7202c0af", .invalidUTF8),
        ("7203eda080", .invalidUTF8),
        ("7202e1bb", .invalidUTF8),
    ])
    func aStringThatIsNoneIsRefused(_ hex: String, _ code: MessageError.Code) {
        let error = #expect(throws: MessageError.self) {
            try TestingV1.Scalars(serialized: [UInt8](hex: hex))
        }
        #expect(error?.code == code)
        #expect(error?.field == "string_value")
    }

    @Test func theFieldIsNamedHoweverDeepItLies() throws {
        // inner.leaves[1].name: "\0"
        let leaves = [UInt8](hex: "12030a0178" + "12030a0100")
        let choice = [0x42, UInt8(leaves.count)] + leaves
        let error = #expect(throws: MessageError.self) { try TestingV1.Choice(serialized: choice) }
        #expect(error?.field == "inner.leaves[1].name")

        let strings = [UInt8](hex: "720161" + "720162" + "7201ff")
        let second = #expect(throws: MessageError.self) {
            try TestingV1.Repeats(serialized: strings)
        }
        #expect(second?.field == "strings[2]")

        // labels["a"]: "\0", as the entry's place in the message.
        let entry = [UInt8](hex: "0a060a0161120131" + "0a060a0162120100")
        let third = #expect(throws: MessageError.self) {
            try TestingV1.Containers(serialized: entry)
        }
        #expect(third?.field == "labels[1].value")
    }

    @Test func aMessageWithANULIsNotWritten() {
        let refused: [(any Message, String)] = [
            (TestingV1.Scalars.with { $0.stringValue = "a\0b" }, "string_value"),
            (TestingV1.Repeats.with { $0.strings = ["a", "\0"] }, "strings[1]"),
            (TestingV1.Containers.with { $0.labels = ["a\0": ""] }, "labels[0].key"),
            (TestingV1.Choice.with { $0.outcome = .text("\0") }, "text"),
            (
                TestingV1.Choice.with { $0.outcome = .scalars(.with { $0.stringValue = "\0" }) },
                "scalars.string_value"
            ),
        ]
        for (message, field) in refused {
            let error = #expect(throws: MessageError.self) { try message.serialized() }
            #expect(error?.code == .embeddedNUL)
            #expect(error?.field == field)
        }
    }

    @Test func afterARefusalTheThreadGoesOn() throws {
        #expect(throws: MessageError.self) {
            try TestingV1.Scalars(serialized: [UInt8](hex: "720100"))
        }
        let message = TestingV1.Scalars.with { $0.stringValue = "fine" }
        #expect(try TestingV1.Scalars(serialized: message.serialized()) == message)
        #expect(throws: MessageError.self) {
            try TestingV1.Scalars.with { $0.stringValue = "\0" }.serialized()
        }
        #expect(try TestingV1.Scalars(serialized: message.serialized()) == message)
    }

    @Test func bytesMayHoldAnything() throws {
        let message = TestingV1.Scalars.with { $0.bytesValue = [0, 0xff, 0x80, 0] }
        #expect(try TestingV1.Scalars(serialized: message.serialized()) == message)
    }
}
