// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that the product does not depend on SwiftProtobuf. Generated/ is what its plugin, built by
// `swift build --product protoc-gen-swift`, makes of Protos/motcua/testing/v1/record.proto.
let package = Package(
    name: "swift-protobuf-coding",
    dependencies: [
        .package(url: "https://github.com/apple/swift-protobuf", exact: "1.39.0")
    ],
    targets: [
        .executableTarget(
            name: "swift-protobuf-coding",
            dependencies: [.product(name: "SwiftProtobuf", package: "swift-protobuf")],
            path: "Sources/RecordCoding")
    ],
    swiftLanguageModes: [.v6]
)
