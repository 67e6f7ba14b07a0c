// swift-tools-version: 6.2
import PackageDescription

// The fuzz targets of Scripts/fuzz: a package of its own, so that only they pay for instrumented rooms. The rooms
// themselves are links: in one package with the targets, they show them what is `package`.
let instrumented: [SwiftSetting] = [
    .treatAllWarnings(as: .error), .unsafeFlags(["-sanitize=fuzzer,address"]),
]

let package = Package(
    name: "fuzzing",
    targets: [
        .target(name: "Wire", path: "Rooms/Wire", swiftSettings: instrumented),
        .target(
            name: "RPC", dependencies: ["Wire"], path: "Rooms/RPC", swiftSettings: instrumented),
        .target(
            name: "RPCTesting", dependencies: ["Wire", "RPC"], path: "Rooms/RPCTesting",
            swiftSettings: instrumented),
        .target(name: "WorkingTime", path: "Rooms/WorkingTime", swiftSettings: instrumented),
        .systemLibrary(
            name: "CProtobufC", path: "Rooms/CProtobufC", pkgConfig: "libprotobuf-c",
            providers: [.apt(["libprotobuf-c-dev"])]),
        .target(name: "CMessages", dependencies: ["CProtobufC"], path: "Rooms/CMessages"),
        .target(
            name: "Messages", dependencies: ["CProtobufC", "CMessages", "RPC", "WorkingTime"],
            path: "Rooms/Messages", swiftSettings: instrumented),
        .systemLibrary(
            name: "CQRencode", path: "Rooms/CQRencode", pkgConfig: "libqrencode",
            providers: [.apt(["libqrencode-dev"])]),
        .target(
            name: "VietQR", dependencies: ["CQRencode"], path: "Rooms/VietQR",
            swiftSettings: instrumented),
        .target(
            name: "CGoldenMessages", dependencies: ["CProtobufC", "CMessages"],
            path: "Rooms/CGoldenMessages"),
        .target(
            name: "GoldenMessages",
            dependencies: ["CProtobufC", "CGoldenMessages", "RPC", "Messages"],
            path: "Rooms/GoldenMessages", swiftSettings: instrumented),
        .executableTarget(
            name: "motcua-fuzz",
            dependencies: [
                "Wire", "RPC", "RPCTesting", "CProtobufC", "CMessages", "Messages",
                "GoldenMessages",
                "VietQR",
            ],
            path: "Targets", swiftSettings: instrumented,
            linkerSettings: [.unsafeFlags(["-sanitize=fuzzer,address"])]),
    ],
    swiftLanguageModes: [.v6]
)
