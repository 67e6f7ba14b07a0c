import Glibc
import Logging
import WorkingTime

/// Writes each event as one JSON object on one line: `time` (RFC 3339, UTC, milliseconds), `level`, `label`,
/// `message`, then the metadata by name.
package struct JSONLogHandler: LogHandler {
    /// Fields of our own; metadata of such a name gets an underscore behind it.
    private static let reserved: Set<String> = ["time", "level", "label", "message"]

    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    package var logLevel: Logger.Level = .info

    private let label: String
    private let clock: @Sendable () -> Instant
    private let write: @Sendable (String) -> Void

    /// - Parameter write: Takes a line, its end included, on any thread.
    package init(
        label: String, clock: @escaping @Sendable () -> Instant,
        write: @escaping @Sendable (String) -> Void
    ) {
        self.label = label
        self.clock = clock
        self.write = write
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var line = "{\"time\":\""
        line += Self.rfc3339(clock())
        line += "\",\"level\":\"\(event.level)\",\"label\":"
        Self.append(label, to: &line)
        line += ",\"message\":"
        Self.append("\(event.message)", to: &line)
        var fields = metadata
        for source in [metadataProvider?.get(), event.metadata] {
            if let source { fields.merge(source) { $1 } }
        }
        if let error = event.error, fields["error"] == nil { fields["error"] = "\(error)" }
        for (name, value) in fields.sorted(by: { $0.key < $1.key }) {
            line += ","
            Self.append(Self.reserved.contains(name) ? name + "_" : name, to: &line)
            line += ":"
            Self.append(value, to: &line)
        }
        line += "}\n"
        write(line)
    }

    private static func append(_ value: Logger.Metadata.Value, to line: inout String) {
        switch value {
        case .string(let text): append(text, to: &line)
        case .stringConvertible(let number as any FixedWidthInteger): line += "\(number)"
        case .stringConvertible(let number as Double) where number.isFinite: line += "\(number)"
        case .stringConvertible(let flag as Bool): line += "\(flag)"
        case .stringConvertible(let other): append("\(other)", to: &line)
        case .array(let values):
            line += "["
            for (index, value) in values.enumerated() {
                if index > 0 { line += "," }
                append(value, to: &line)
            }
            line += "]"
        case .dictionary(let fields):
            line += "{"
            for (index, field) in fields.sorted(by: { $0.key < $1.key }).enumerated() {
                if index > 0 { line += "," }
                append(field.key, to: &line)
                line += ":"
                append(field.value, to: &line)
            }
            line += "}"
        }
    }

    /// RFC 8259, section 7. What is beyond ASCII stays as it is: the line is UTF-8.
    private static func append(_ text: String, to line: inout String) {
        line += "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": line += "\\\""
            case "\\": line += "\\\\"
            case "\n": line += "\\n"
            case "\r": line += "\\r"
            case "\t": line += "\\t"
            case "\u{0}"..."\u{1f}", "\u{7f}":
                let digits = String(scalar.value, radix: 16)
                line += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: line.unicodeScalars.append(scalar)
            }
        }
        line += "\""
    }

    private static func rfc3339(_ instant: Instant) -> String {
        let milliseconds = instant.millisecondsSinceEpoch
        let fraction = Int(((milliseconds % 1000) + 1000) % 1000)
        var seconds = time_t((milliseconds - Int64(fraction)) / 1000)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        func padded(_ value: Int, _ width: Int) -> String {
            let digits = String(value)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        let date =
            [padded(Int(parts.tm_year) + 1900, 4)]
            + [parts.tm_mon + 1, parts.tm_mday].map { padded(Int($0), 2) }
        let time = [parts.tm_hour, parts.tm_min, parts.tm_sec].map { padded(Int($0), 2) }
        return date.joined(separator: "-") + "T" + time.joined(separator: ":") + "."
            + padded(fraction, 3) + "Z"
    }
}
