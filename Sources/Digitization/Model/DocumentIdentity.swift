import WorkingTime

/// Where documents get their ids.
package enum DocumentIdentity {
    /// 48 bits of milliseconds and 80 random ones, in hexadecimal: later ids sort later, so that
    /// their index grows at its end.
    package static func next(at now: Instant) -> String {
        var random = SystemRandomNumberGenerator()
        let bits =
            UInt128(truncatingIfNeeded: now.millisecondsSinceEpoch & 0xFFFF_FFFF_FFFF) << 80
            | UInt128(random.next() as UInt16) << 64 | UInt128(random.next() as UInt64)
        let digits = String(bits, radix: 16)
        return "doc-" + String(repeating: "0", count: 32 - digits.count) + digits
    }
}
