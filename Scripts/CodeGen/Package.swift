// swift-tools-version: 6.2
import PackageDescription

// The protoc plugin of Scripts/generate-messages: a tool, no part of the product.
let package = Package(
    name: "codegen",
    dependencies: [
        .package(url: "https://github.com/apple/swift-protobuf", exact: "1.39.0")
    ],
    targets: [
        .executableTarget(
            name: "protoc-gen-motcua",
            dependencies: [
                .product(name: "SwiftProtobufPluginLibrary", package: "swift-protobuf"),
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ],
            swiftSettings: [.treatAllWarnings(as: .error)]
        )
    ]
)
