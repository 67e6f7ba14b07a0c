extension Scenario {
    /// The scenarios that are part of the program, as their files are.
    package static let builtInTexts: [(name: String, text: String)] = [
        ("echo", String(decoding: PackageResources.echo_json, as: UTF8.self)),
        ("intake", String(decoding: PackageResources.intake_json, as: UTF8.self)),
        ("track", String(decoding: PackageResources.track_json, as: UTF8.self)),
        ("pay", String(decoding: PackageResources.pay_json, as: UTF8.self)),
        ("mixed", String(decoding: PackageResources.mixed_json, as: UTF8.self)),
    ]
}
