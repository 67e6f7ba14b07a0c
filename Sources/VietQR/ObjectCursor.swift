/// One data object as it stands in a payload.
struct ObjectSpan {
    let path: ObjectPath
    let id: UInt8
    /// Where the identifier begins.
    let offset: Int
    let value: Range<Int>
}

/// Walks the data objects of a payload or of a template, and checks structure only.
///
/// Lengths count characters, not bytes (NAPAS and EMVCo alike): a character is one Unicode
/// scalar.
struct ObjectCursor {
    /// Valid UTF-8.
    private let bytes: [UInt8]
    private let parent: ObjectPath
    private(set) var offset: Int
    private let end: Int
    /// One bit an identifier, 0 to 99.
    private var seen: UInt128 = 0

    init(_ bytes: [UInt8], in range: Range<Int>, of parent: ObjectPath) {
        self.bytes = bytes
        self.parent = parent
        self.offset = range.lowerBound
        self.end = range.upperBound
    }

    /// Returns the next object, or `nil` exactly at the end.
    mutating func next() throws(PayloadRefusal) -> ObjectSpan? {
        guard offset < end else { return nil }
        let start = offset
        guard end - start >= 4 else { throw PayloadRefusal(.objectCutOff, parent, offset: start) }
        guard let id = twoDigits(at: start) else {
            throw PayloadRefusal(.identifierNotDigits, parent, offset: start)
        }
        let path = parent.appending(id)
        guard let length = twoDigits(at: start + 2) else {
            throw PayloadRefusal(.lengthNotDigits, path, offset: start + 2)
        }
        guard length > 0 else { throw PayloadRefusal(.lengthZero, path, offset: start + 2) }
        guard let valueEnd = offsetAfter(characters: Int(length), from: start + 4) else {
            throw PayloadRefusal(.lengthBeyondEnd, path, offset: start + 2)
        }
        guard !hasPassed(id) else { throw PayloadRefusal(.duplicateObject, path, offset: start) }
        seen |= UInt128(1) << UInt128(id)
        offset = valueEnd
        return ObjectSpan(path: path, id: id, offset: start, value: start + 4..<valueEnd)
    }

    /// Whether an object with this identifier was among those returned.
    func hasPassed(_ id: UInt8) -> Bool {
        seen & UInt128(1) << UInt128(id) != 0
    }

    private func twoDigits(at index: Int) -> UInt8? {
        let tens = bytes[index]
        let ones = bytes[index + 1]
        guard tens.isASCIIDigit, ones.isASCIIDigit else { return nil }
        return (tens - 0x30) * 10 + (ones - 0x30)
    }

    private func offsetAfter(characters: Int, from start: Int) -> Int? {
        var index = start
        for _ in 0..<characters {
            guard index < end else { return nil }
            index += 1
            while index < end, bytes[index] & 0xC0 == 0x80 { index += 1 }
        }
        return index
    }
}
