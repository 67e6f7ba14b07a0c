/// What is wrong with bytes. All of it fails one call; none of it fails the connection.
package enum WireError: Error, Hashable, Sendable {
    /// A header announces more data than the limit.
    case frameTooLarge(FrameHeader)
    /// What is to be sent does not fit a frame; the count is of all of its data.
    case dataTooLarge(byteCount: Int)
    /// The envelope is no protobuf message of its type.
    case malformedEnvelope
    /// A name or a metadata entry is not UTF-8.
    case invalidUTF8
    case nameTooLong
    case tooMuchMetadata
}
