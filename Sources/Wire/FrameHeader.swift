/// What a frame is for. Others than these three are ignored on receipt.
package struct FrameType: RawRepresentable, Hashable, Sendable {
    package var rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let request = FrameType(rawValue: 1)
    package static let response = FrameType(rawValue: 2)
    package static let data = FrameType(rawValue: 3)
}

/// Bits that no side knows are ignored by every implementation.
package struct FrameFlags: OptionSet, Hashable, Sendable {
    package var rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Written out: the literal `[]` goes through generic code, for each frame.
    package static var none: FrameFlags { FrameFlags(rawValue: 0) }
    /// The sender sends no more on this stream.
    package static let remoteClosed = FrameFlags(rawValue: 0x01)
    /// The sender will send data frames on this stream.
    package static let remoteOpen = FrameFlags(rawValue: 0x02)
    /// The frame carries no message; without it, a frame of length 0 carries an empty one.
    package static let noData = FrameFlags(rawValue: 0x04)
    /// Ours, on a request: the connection carries this stream alone, so a slow reader may stop reading the
    /// socket and the socket's buffer is the window. Peers that do not know the bit ignore it.
    package static let soleStream = FrameFlags(rawValue: 0x08)
}

/// The ten bytes before a frame's data; integers are big-endian.
package struct FrameHeader: Hashable, Sendable {
    package static let byteCount = 10

    /// Of the data only.
    package var length: UInt32
    package var streamID: UInt32
    package var type: FrameType
    package var flags: FrameFlags

    package init(length: UInt32, streamID: UInt32, type: FrameType, flags: FrameFlags = .none) {
        self.length = length
        self.streamID = streamID
        self.type = type
        self.flags = flags
    }

    /// - Parameter bytes: At least ``byteCount`` readable bytes, of any alignment.
    package init(at bytes: UnsafeRawPointer) {
        length = UInt32(bigEndian: bytes.loadUnaligned(as: UInt32.self))
        streamID = UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
        type = FrameType(rawValue: bytes.load(fromByteOffset: 8, as: UInt8.self))
        flags = FrameFlags(rawValue: bytes.load(fromByteOffset: 9, as: UInt8.self))
    }

    /// - Parameter bytes: At least ``byteCount`` writable bytes, of any alignment.
    package func store(at bytes: UnsafeMutableRawPointer) {
        bytes.storeBytes(of: length.bigEndian, as: UInt32.self)
        bytes.storeBytes(of: streamID.bigEndian, toByteOffset: 4, as: UInt32.self)
        bytes.storeBytes(of: type.rawValue, toByteOffset: 8, as: UInt8.self)
        bytes.storeBytes(of: flags.rawValue, toByteOffset: 9, as: UInt8.self)
    }
}

/// A whole frame. The data points into its decoder's buffer and is valid until bytes are added there.
package struct Frame {
    package var header: FrameHeader
    package var data: UnsafeRawBufferPointer
}
