/// Counts the pages of a TIFF file: its chain of image file directories (TIFF 6.0, section 2).
///
/// Reads a few bytes of each directory and never follows an offset twice, so a crafted file costs
/// at most ``pagesMax`` short reads.
package enum TIFFPages {
    package static let pagesMax = 4_096

    private static let headerBytes = 8
    private static let entryBytes = 12

    /// - Parameter read: Returns `count` bytes at `offset`, fewer at the end of the file.
    /// - Returns: 0 when the chain is damaged, runs in a circle or has more than ``pagesMax``
    ///   pages.
    package static func count<Failure: Error>(
        read: (_ offset: Int64, _ count: Int) throws(Failure) -> [UInt8]
    ) throws(Failure) -> Int32 {
        let header = try read(0, headerBytes)
        guard header.count == headerBytes, MediaType(prefix: header) == .tiff else { return 0 }
        let isLittleEndian = header[0] == 0x49
        var offset = number(header[4...], isLittleEndian)
        var visited: Set<Int64> = []
        while offset != 0 {
            guard offset >= headerBytes, visited.count < pagesMax, visited.insert(offset).inserted
            else { return 0 }
            let entries = try read(offset, 2)
            guard entries.count == 2 else { return 0 }
            let entryCount = number(entries[...], isLittleEndian)
            guard entryCount > 0 else { return 0 }
            let next = try read(offset + 2 + entryCount * Int64(entryBytes), 4)
            guard next.count == 4 else { return 0 }
            offset = number(next[...], isLittleEndian)
        }
        return Int32(visited.count)
    }

    private static func number(_ bytes: ArraySlice<UInt8>, _ isLittleEndian: Bool) -> Int64 {
        let ordered = isLittleEndian ? Array(bytes.reversed()) : Array(bytes)
        return ordered.reduce(0) { $0 << 8 | Int64($1) }
    }
}
