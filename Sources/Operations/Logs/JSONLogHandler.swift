import Glibc
import Logging
import Messages
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
        var fields = metadata
        for source in [metadataProvider?.get(), event.metadata] {
            if let source { fields.merge(source) { $1 } }
        }
        if let error = event.error, fields["error"] == nil { fields["error"] = "\(error)" }
        var members: [JSONValue.Member] = [
            .init(key: "time", value: .string(Self.rfc3339(clock()))),
            .init(key: "level", value: .string("\(event.level)")),
            .init(key: "label", value: .string(label)),
            .init(key: "message", value: .string("\(event.message)")),
        ]
        for (name, value) in fields.sorted(by: { $0.key < $1.key }) {
            let key = Self.reserved.contains(name) ? name + "_" : name
            members.append(.init(key: key, value: Self.json(value)))
        }
        write(JSONValue.object(members).text() + "\n")
    }

    private static func json(_ value: Logger.Metadata.Value) -> JSONValue {
        switch value {
        case .string(let text): .string(text)
        case .stringConvertible(let number as any FixedWidthInteger): .number("\(number)")
        case .stringConvertible(let number as Double) where number.isFinite: .number("\(number)")
        case .stringConvertible(let flag as Bool): .bool(flag)
        case .stringConvertible(let other): .string("\(other)")
        case .array(let values): .array(values.map(json))
        case .dictionary(let fields):
            .object(
                fields.sorted { $0.key < $1.key }.map { .init(key: $0.key, value: json($0.value)) })
        }
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
