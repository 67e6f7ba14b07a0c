internal import CProtobufC
public import RPC

/// Every message and method of a set of `.proto` files, by name.
public struct MessageRegistry: Sendable {
    /// One method and the full names of its two messages.
    public struct Call: Sendable, Hashable {
        public let method: Method
        public let request: String
        public let response: String

        package init(_ method: Method, request: String, response: String) {
            self.method = method
            self.request = request
            self.response = response
        }
    }

    /// In the order of the files.
    public let calls: [Call]
    private let callsByPath: [String: Call]
    private let types: [String: any StoredMessage.Type]
    private let mapEntries: Set<String>
    private let descriptorSetText: String

    package init(
        messages: [any StoredMessage.Type], mapEntries: [String], calls: [Call],
        descriptorSet: String
    ) {
        self.calls = calls
        callsByPath = Dictionary(uniqueKeysWithValues: calls.map { ($0.method.path, $0) })
        types = Dictionary(uniqueKeysWithValues: messages.map { ($0.fullName, $0) })
        self.mapEntries = Set(mapEntries)
        descriptorSetText = descriptorSet
    }

    /// The method of a path such as `motcua.records.v1.Dossiers/SubmitDossier`.
    public func call(path: String) -> Call? { callsByPath[path] }

    /// The Swift type of a full name such as `motcua.records.v1.Dossier`.
    public func type(named fullName: String) -> (any Message.Type)? { types[fullName] }

    /// The full names of all messages, sorted.
    public var messageNames: [String] { types.keys.sorted() }

    /// A serialized `google.protobuf.FileDescriptorSet`, its imports included.
    public var descriptorSet: [UInt8] {
        guard let bytes = Base64.decode(descriptorSetText) else {
            preconditionFailure("the generated descriptor set is damaged")
        }
        return bytes
    }

    func descriptor(named fullName: String) -> UnsafePointer<ProtobufCMessageDescriptor>? {
        types[fullName]?.descriptor
    }

    func isMapEntry(_ fullName: String) -> Bool { mapEntries.contains(fullName) }
}
