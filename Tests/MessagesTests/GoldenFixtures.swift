import GoldenMessages
import Messages
import RPC
import Testing

/// Bytes that `protoc --encode` (3.21.12) made of the text in the comment, and the value that they stand for.
enum Golden {
    /// double_value: -1.5 float_value: 3.25 int32_value: -2147483648 int64_value: -9223372036854775808
    /// uint32_value: 4294967295 uint64_value: 18446744073709551615 sint32_value: -2147483648
    /// sint64_value: -9223372036854775808 fixed32_value: 4294967295 fixed64_value: 18446744073709551615
    /// sfixed32_value: -2147483648 sfixed64_value: -9223372036854775808 bool_value: true
    /// string_value: "một cửa" bytes_value: "\000\377" colour: COLOUR_DARK_BLUE sign: SIGN_NEGATIVE
    static let lowest = Fixture(
        """
        09000000000000f8bf15000050401880808080f8ffffffff01208080808080808080800128ffffffff0f30ffffffffff\
        ffffffff0138ffffffff0f40ffffffffffffffffff014dffffffff51ffffffffffffffff5d0000008061000000000000\
        00806801720b6de1bb99742063e1bbad617a0200ff8001078801ffffffffffffffffff01
        """,
        TestingV1.Scalars.with {
            $0.doubleValue = -1.5
            $0.floatValue = 3.25
            $0.int32Value = .min
            $0.int64Value = .min
            $0.uint32Value = .max
            $0.uint64Value = .max
            $0.sint32Value = .min
            $0.sint64Value = .min
            $0.fixed32Value = .max
            $0.fixed64Value = .max
            $0.sfixed32Value = .min
            $0.sfixed64Value = .min
            $0.boolValue = true
            $0.stringValue = "một cửa"
            $0.bytesValue = [0, 255]
            $0.colour = .darkBlue
            $0.sign = .negative
        })

    /// double_value: inf float_value: -inf int32_value: 2147483647 int64_value: 9223372036854775807
    /// sint32_value: 2147483647 sint64_value: 9223372036854775807 sfixed32_value: 2147483647
    /// sfixed64_value: 9223372036854775807
    static let highest = Fixture(
        """
        09000000000000f07f15000080ff18ffffffff0720ffffffffffffffff7f38feffffff0f40feffffffffffffffff015d\
        ffffff7f61ffffffffffffff7f
        """,
        TestingV1.Scalars.with {
            $0.doubleValue = .infinity
            $0.floatValue = -.infinity
            $0.int32Value = .max
            $0.int64Value = .max
            $0.sint32Value = .max
            $0.sint64Value = .max
            $0.sfixed32Value = .max
            $0.sfixed64Value = .max
        })

    /// doubles: [1, -2] floats: [0.5] int32s: [-1, 0, 1] int64s: [-1, 9223372036854775807]
    /// uint32s: [0, 4294967295] uint64s: [18446744073709551615] sint32s: [-1, 1] sint64s: [-2, 2] fixed32s: [1]
    /// fixed64s: [2] sfixed32s: [-1] sfixed64s: [-2] bools: [true, false] strings: ["", "a"] blobs: ["", "\000"]
    /// colours: [COLOUR_RED, COLOUR_UNSPECIFIED] scalars: [{}, {int32_value: 1}] unpacked: [1, 2]
    static let repeats = Fixture(
        """
        0a10000000000000f03f00000000000000c012040000003f1a0cffffffffffffffffff0100012213ffffffffffffffff\
        ff01ffffffffffffffff7f2a0600ffffffff0f320affffffffffffffffff013a020102420203044a0401000000520802\
        000000000000005a04ffffffff6208feffffffffffffff6a02010072007201617a007a010082010201008a01008a0102\
        1801900101900102
        """,
        TestingV1.Repeats.with {
            $0.doubles = [1, -2]
            $0.floats = [0.5]
            $0.int32s = [-1, 0, 1]
            $0.int64s = [-1, .max]
            $0.uint32s = [0, .max]
            $0.uint64s = [.max]
            $0.sint32s = [-1, 1]
            $0.sint64s = [-2, 2]
            $0.fixed32s = [1]
            $0.fixed64s = [2]
            $0.sfixed32s = [-1]
            $0.sfixed64s = [-2]
            $0.bools = [true, false]
            $0.strings = ["", "a"]
            $0.blobs = [[], [0]]
            $0.colours = [.red, .unspecified]
            $0.scalars = [.init(), .with { $0.int32Value = 1 }]
            $0.unpacked = [1, 2]
        })

    /// labels: {key: "a" value: "1"} labels: {key: "b" value: "2"} counts: {key: "n" value: -1}
    /// parts: {key: "p" value: {bool_value: true}} names: {key: -1 value: "minus"} names: {key: 2 value: "two"}
    /// colours: {key: true value: COLOUR_RED} blobs: {key: 7 value: "x"}
    static let containers = Fixture(
        """
        0a060a01611201310a060a0162120132120e0a016e10ffffffffffffffffff011a070a017012026801221208ffffffff\
        ffffffffff0112056d696e757322070802120374776f2a040801100132050807120178
        """,
        TestingV1.Containers.with {
            $0.labels = ["b": "2", "a": "1"]
            $0.counts = ["n": -1]
            $0.parts = ["p": .with { $0.boolValue = true }]
            $0.names = [2: "two", -1: "minus"]
            $0.colours = [true: .red]
            $0.blobs = [7: Array("x".utf8)]
        })

    /// a: {b: {c: {d: {name: "deep"}}}} by_key: {key: "k" value: {b: {c: {}}}}
    static let nest = Fixture(
        "0a0c0a0a0a080a060a046465657012090a016b12040a020a00",
        TestingV1.Nest.with {
            $0.a = .with { $0.b = .with { $0.c = [.with { $0.d = .with { $0.name = "deep" } }] } }
            $0.byKey = ["k": .with { $0.b = .with { $0.c = [.init()] } }]
        })

    /// time: {seconds: 1772010600 nanos: 500000000} duration: {seconds: -3 nanos: -500000000}
    /// mask: {paths: "due_time" paths: "a.b_c"}
    /// any: {type_url: "type.googleapis.com/motcua.testing.v1.Nest" value: "\n\000"} empty: {}
    /// times: {} times: {seconds: -1}
    static let wellKnown = Fixture(
        """
        0a0c08e8f8facc061080cab5ee01121608fdffffffffffffffff011080b6ca91feffffffff011a110a086475655f7469\
        6d650a05612e625f6322300a2a747970652e676f6f676c65617069732e636f6d2f6d6f746375612e74657374696e672e\
        76312e4e65737412020a002a003200320b08ffffffffffffffffff01
        """,
        TestingV1.WellKnown.with {
            $0.time = .with { ($0.seconds, $0.nanos) = (1_772_010_600, 500_000_000) }
            $0.duration = .with { ($0.seconds, $0.nanos) = (-3, -500_000_000) }
            $0.mask = .with { $0.paths = ["due_time", "a.b_c"] }
            $0.any = .with {
                $0.typeURL = "type.googleapis.com/motcua.testing.v1.Nest"
                $0.value = [0x0a, 0]
            }
            $0.empty = .init()
            $0.times = [.init(), .with { $0.seconds = -1 }]
        })

    /// Each case of a oneof, at its default value, which is not the same as absent.
    static let choices: [Fixture<TestingV1.Choice>] = [
        .init("", .init()),
        // text: "" note: "n" right: "r"
        .init(
            "0a00a201016eb2010172",
            .with {
                $0.outcome = .text("")
                $0.note = "n"
                $0.second = .right("r")
            }),
        .init("1000", .with { $0.outcome = .number(0) }),
        .init("1a00", .with { $0.outcome = .blob([]) }),
        .init("2000", .with { $0.outcome = .colour(.unspecified) }),
        .init("2a00", .with { $0.outcome = .scalars(.init()) }),
        .init("3000", .with { $0.outcome = .flag(false) }),
        .init("390000000000000000", .with { $0.outcome = .ratio(0) }),
        // inner: {mode: MODE_ON leaves: {name: "x"}}
        .init(
            "4207080112030a0178",
            .with {
                $0.outcome = .inner(
                    .with {
                        $0.mode = .on
                        $0.leaves = [.with { $0.name = "x" }]
                    })
            }),
    ]

    static let all: [any AnyFixture] =
        [lowest, highest, repeats, containers, nest, wellKnown] + choices
        + [Fixture("", TestingV1.Empty())]
}

protocol AnyFixture: Sendable, CustomTestStringConvertible {
    associatedtype M: Message
    var bytes: [UInt8] { get }
    var value: M { get }
}

extension AnyFixture {
    func isDecodedToItsValue() throws -> Bool { try M(serialized: bytes) == value }
}

struct Fixture<M: Message>: AnyFixture {
    let bytes: [UInt8]
    let value: M

    init(_ hex: String, _ value: M) {
        bytes = [UInt8](hex: hex)
        self.value = value
    }

    var testDescription: String { "\(M.fullName) of \(bytes.count) bytes" }
}

extension [UInt8] {
    init(hex: String) {
        let digits = Array<UInt8>(hex.utf8)
        self = stride(from: 0, to: digits.count, by: 2).map {
            UInt8(String(decoding: digits[$0..<$0 + 2], as: UTF8.self), radix: 16)!
        }
    }

    var hex: String {
        map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
