internal import CProtobufC
internal import RPC

extension JSONBuilder {
    /// A JSON number or a string that holds one. `1.0` and `1e3` are integers, as proto3's mapping
    /// asks.
    func integer<T: FixedWidthInteger>(_ value: JSONValue, _ path: String) throws(MessageError) -> T
    {
        let remedy = "must be an integer from \(T.min) to \(T.max)"
        let text: String
        switch value {
        case .number(let number): text = number
        case .string(let string): text = string
        default: throw refusal(path, remedy, value)
        }
        if let exact = T(text), text.utf8.first != UInt8(ascii: "+") { return exact }
        // A whole number with a point or an exponent; beyond 2^53 a Double would not be exact.
        let isDecimal = text.utf8.contains { ".eE".utf8.contains($0) }
        if isDecimal, let double = Double(text), double.magnitude <= 0x1p53,
            let whole = T(exactly: double)
        {
            return whole
        }
        let subject = path.isEmpty ? "the value" : path
        throw MessageError(
            .malformed, field: path, message: "\(subject) \(remedy), not \(text.prefix(40))")
    }

    /// The number of the type that is nearest to the text: the shortest text of the greatest `Float` is, as a
    /// `Double`, beyond it.
    func floating<T: BinaryFloatingPoint & LosslessStringConvertible>(
        _ value: JSONValue, _ path: String
    ) throws(MessageError) -> T {
        switch value {
        case .string("NaN"): return .nan
        case .string("Infinity"): return .infinity
        case .string("-Infinity"): return -.infinity
        case .number(let text), .string(let text):
            if let number = T(text), number.isFinite { return number }
        default: break
        }
        throw refusal(
            path,
            "must be a number of at most \(T.greatestFiniteMagnitude) either way, \"NaN\" or \"Infinity\"",
            value)
    }

    /// By name, or by number, known or not.
    func enumNumber(
        _ value: JSONValue, _ type: ProtobufCEnumDescriptor, _ path: String
    ) throws(MessageError) -> Int32 {
        if case .number = value { return try integer(value, path) }
        if case .string(let name) = value {
            for index in 0..<Int(type.n_value_names) {
                let entry = type.values_by_name[index]
                if String(cString: entry.name) == name {
                    return type.values[Int(entry.index)].value
                }
            }
        }
        let names = type.valueTable.map { String(cString: $0.name) }.joined(separator: ", ")
        throw refusal(path, "must be one of \(names)", value)
    }
}
