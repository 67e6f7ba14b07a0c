import SwiftProtobufPluginLibrary

/// What protobuf-c, or a Swift value, cannot carry is refused by name. (protoc itself refuses
/// proto3 `optional`, because the generator does not declare that it supports it.)
func check(_ file: FileDescriptor) throws {
    guard file.edition == .proto3 else { throw Refusal("\(file.name): only proto3") }
    if file.package.isEmpty { throw Refusal("\(file.name): a package is needed") }
    for message in file.messages { try check(message, within: []) }
    for service in file.services {
        if file.messages.contains(where: { $0.name == service.name })
            || file.enums.contains(where: { $0.name == service.name })
        {
            throw Refusal("\(service.fullName): a message or enum has the service's name")
        }
    }
}

private func check(_ message: Descriptor, within outer: [String]) throws {
    if outer.contains(message.fullName) {
        throw Refusal(
            "\(message.fullName) contains itself: values cannot, and depth must be bounded")
    }
    for field in message.fields {
        if ["self", "base", "descriptor"].contains(field.name) {
            throw Refusal("\(field.fullName): the name is taken in C or in Swift")
        }
        if let type = field.messageType {
            try check(type, within: outer + [message.fullName])
        }
    }
    for nested in message.messages where outer.isEmpty { try check(nested, within: []) }
}
