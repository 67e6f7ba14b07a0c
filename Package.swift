// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]

// Package.resolved is not kept, so versions are exact.
let package = Package(
    name: "motcua",
    products: [
        .executable(name: "motcua", targets: ["motcua"]),
        .executable(name: "motcua-gateway", targets: ["motcua-gateway"]),
        .executable(name: "motcua-records", targets: ["motcua-records"]),
        .executable(name: "motcua-payments", targets: ["motcua-payments"]),
        .executable(name: "motcua-digitization", targets: ["motcua-digitization"]),
        .executable(name: "motcua-surveys", targets: ["motcua-surveys"]),
        .library(name: "MotCuaClient", targets: ["MotCuaClient"]),
    ],
    dependencies: [
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", exact: "1.0.2"),
        .package(url: "https://github.com/apple/swift-system", exact: "1.8.1"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", exact: "0.2.0"),
    ],
    // Bottom-up: a room imports only rooms above it. `Scripts/tidy` holds each file to its target's list.
    targets: [
        .target(name: "Wire", swiftSettings: strict),
        .target(name: "RPC", dependencies: ["Wire"], swiftSettings: strict),
        .target(name: "CLinux"),
        .target(name: "RPCTesting", dependencies: ["Wire", "RPC"], swiftSettings: strict),
        .target(
            name: "UnixSocket", dependencies: ["CLinux", "Wire", "RPC"], swiftSettings: strict),
        .target(name: "WorkingTime", swiftSettings: strict),
        .systemLibrary(
            name: "CProtobufC", pkgConfig: "libprotobuf-c", providers: [.apt(["libprotobuf-c-dev"])]
        ),
        .target(name: "CMessages", dependencies: ["CProtobufC"]),
        .target(
            name: "Messages", dependencies: ["CProtobufC", "CMessages", "RPC", "WorkingTime"],
            swiftSettings: strict),
        .target(
            name: "Identity",
            dependencies: [
                "RPC", "WorkingTime", "Messages", .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: strict),
        .target(
            name: "Storage",
            dependencies: [
                "RPC", "WorkingTime", .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: strict),
        .systemLibrary(
            name: "CQRencode", pkgConfig: "libqrencode", providers: [.apt(["libqrencode-dev"])]),
        .target(name: "VietQR", dependencies: ["CQRencode"], swiftSettings: strict),
        .target(name: "Ledger", swiftSettings: strict),
        .target(
            name: "Operations",
            dependencies: [
                "RPC", "UnixSocket", "WorkingTime", "Messages", "Identity", "Storage",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
        .target(
            name: "Records",
            dependencies: [
                "RPC", "WorkingTime", "Messages", "Identity", "Storage", "Operations",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .target(
            name: "Payments",
            dependencies: [
                "RPC", "WorkingTime", "Messages", "Identity", "Storage", "VietQR", "Ledger",
                "Operations",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .target(
            name: "Digitization",
            dependencies: [
                "RPC", "WorkingTime", "Messages", "Identity", "Storage", "Operations",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .target(
            name: "Surveys",
            dependencies: [
                "RPC", "WorkingTime", "Messages", "Identity", "Storage", "Operations",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .target(
            name: "Gateway",
            dependencies: [
                "RPC", "WorkingTime", "Messages", "Identity", "Storage", "Operations",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .target(
            name: "Load",
            dependencies: [
                "CLinux", "RPC", "Messages", "CZlib",
                .product(name: "Histogram", package: "hdrhistogram-swift"),
            ],
            resources: [.embedInCode("Scenarios")], swiftSettings: strict),
        .target(
            name: "Console",
            dependencies: [
                "RPC", "UnixSocket", "WorkingTime", "Messages", "Identity", "Operations", "Load",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
        .target(
            name: "MotCuaClient", dependencies: ["RPC", "UnixSocket", "Messages"],
            swiftSettings: strict),

        .executableTarget(
            name: "motcua",
            dependencies: [
                "Console", .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Services/motcua",
            exclude: ["motcua.service", "motcua-secret.service"], swiftSettings: strict),
        .executableTarget(
            name: "motcua-gateway",
            dependencies: [
                "Gateway", "Identity", "Operations",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Services/gateway", exclude: ["motcua-gateway.service"], swiftSettings: strict),
        .executableTarget(
            name: "motcua-records",
            dependencies: [
                "Records", "Identity", "Operations",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Services/records",
            exclude: [
                "motcua-records.service", "organisation.jsonl", "organisation.md",
                "procedures.jsonl", "procedures.md",
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "motcua-payments",
            dependencies: [
                "Payments", "Identity", "Operations",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Services/payments", exclude: ["motcua-payments.service"], swiftSettings: strict),
        .executableTarget(
            name: "motcua-digitization",
            dependencies: [
                "Digitization", "Identity", "Operations",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Services/digitization", exclude: ["motcua-digitization.service"],
            swiftSettings: strict),
        .executableTarget(
            name: "motcua-surveys",
            dependencies: [
                "Surveys", "Identity", "Operations",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Services/surveys", exclude: ["motcua-surveys.service"], swiftSettings: strict),

        .testTarget(
            name: "WireTests", dependencies: ["Wire", "RPC", "RPCTesting"], swiftSettings: strict),
        .testTarget(
            name: "RPCTests", dependencies: ["Wire", "RPC", "RPCTesting"], swiftSettings: strict),
        .testTarget(
            name: "UnixSocketTests",
            dependencies: ["CLinux", "Wire", "RPC", "RPCTesting", "UnixSocket"],
            swiftSettings: strict),
        .testTarget(
            name: "InteropTests", dependencies: ["Wire", "RPC", "RPCTesting", "UnixSocket"],
            swiftSettings: strict),
        .testTarget(name: "WorkingTimeTests", dependencies: ["WorkingTime"], swiftSettings: strict),
        .target(
            name: "CGoldenMessages", dependencies: ["CProtobufC", "CMessages"],
            path: "Tests/CGoldenMessages"),
        .target(
            name: "GoldenMessages",
            dependencies: ["CProtobufC", "CGoldenMessages", "RPC", "Messages"],
            path: "Tests/GoldenMessages", swiftSettings: strict),
        .testTarget(
            name: "MessagesTests",
            dependencies: [
                "CProtobufC", "RPC", "RPCTesting", "WorkingTime", "Messages", "GoldenMessages",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "IdentityTests",
            dependencies: [
                "RPC", "WorkingTime", "Messages", "Identity",
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "StorageTests",
            dependencies: [
                "RPC", "WorkingTime", "Storage", .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ],
            swiftSettings: strict),
        .testTarget(name: "VietQRTests", dependencies: ["VietQR"], swiftSettings: strict),
        .testTarget(name: "LedgerTests", dependencies: ["Ledger"], swiftSettings: strict),
        .testTarget(
            name: "OperationsTests",
            dependencies: [
                "RPC", "RPCTesting", "UnixSocket", "WorkingTime", "Messages", "Identity", "Storage",
                "Operations",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "RecordsTests",
            dependencies: [
                "RPC", "RPCTesting", "WorkingTime", "Messages", "Identity", "Storage", "Records",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "PaymentsTests",
            dependencies: [
                "RPC", "RPCTesting", "WorkingTime", "Messages", "Identity", "Storage", "VietQR",
                "Ledger", "Payments",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "DigitizationTests",
            dependencies: [
                "RPC", "RPCTesting", "WorkingTime", "Messages", "Identity", "Storage",
                "Digitization",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "SurveysTests",
            dependencies: [
                "RPC", "RPCTesting", "WorkingTime", "Messages", "Identity", "Storage", "Surveys",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "GatewayTests",
            dependencies: [
                "RPC", "RPCTesting", "WorkingTime", "Messages", "Identity", "Storage", "Operations",
                "Gateway",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "LoadTests",
            dependencies: ["CZlib", "RPC", "RPCTesting", "Messages", "Load"], swiftSettings: strict),
        .testTarget(
            name: "ConsoleTests",
            dependencies: [
                "RPC", "WorkingTime", "Messages", "Identity", "Operations", "Console",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "endurance",
            dependencies: [
                "RPC", "RPCTesting", "UnixSocket",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Tests/Benchmarks/Endurance", swiftSettings: strict),
        .testTarget(
            name: "MotCuaClientTests",
            dependencies: ["MotCuaClient", "Operations", "RPC", "RPCTesting", "UnixSocket"],
            swiftSettings: strict),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "MotCuaClient", "RPC", "UnixSocket", "WorkingTime", "Messages", "Identity",
                "Operations", "motcua",
                "motcua-gateway", "motcua-records", "motcua-payments", "motcua-digitization",
                "motcua-surveys", "endurance",
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: strict),
        .target(name: "CAllocations", path: "Tests/CAllocations"),
        .target(
            name: "AllocationCounting",
            dependencies: ["RPC", "UnixSocket", "Messages", "GoldenMessages", "CAllocations"],
            path: "Tests/AllocationCounting", swiftSettings: strict),
        .testTarget(
            name: "AllocationTests",
            dependencies: ["RPC", "CAllocations", "AllocationCounting"],
            swiftSettings: strict),
        .executableTarget(
            name: "allocation-benchmark", dependencies: ["RPC", "AllocationCounting"],
            path: "Tests/Benchmarks/Allocations", swiftSettings: strict),
        .executableTarget(
            name: "clock-benchmark", dependencies: ["WorkingTime"],
            path: "Tests/Benchmarks/Clock", swiftSettings: strict),
        .executableTarget(
            name: "c-floor", dependencies: ["CProtobufC", "CGoldenMessages"],
            path: "Tests/Benchmarks/CFloor"),
        .executableTarget(
            name: "echo-benchmark",
            dependencies: [
                "RPC", "UnixSocket", "Messages", "GoldenMessages",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Tests/Benchmarks/Echo", swiftSettings: strict),
        .executableTarget(
            name: "hop-benchmark",
            dependencies: [
                "RPC", "UnixSocket", "Messages", "Identity",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Tests/Benchmarks/Hop", swiftSettings: strict),
        .executableTarget(
            name: "growth-benchmark",
            dependencies: [
                "RPC", "UnixSocket", "WorkingTime", "Messages", "Identity", "Storage",
                "Operations", "Records", "Gateway", "Load", "RPCTesting",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "Tests/Benchmarks/Growth", swiftSettings: strict),
        .executableTarget(
            name: "records-proof",
            dependencies: [
                "MotCuaClient", "RPC", "UnixSocket", "WorkingTime", "Messages", "Operations",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Tests/Proofs/Records", swiftSettings: strict),
        .executableTarget(
            name: "intake-benchmark",
            dependencies: [
                "MotCuaClient", "Operations", .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Tests/Benchmarks/Intake", swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
