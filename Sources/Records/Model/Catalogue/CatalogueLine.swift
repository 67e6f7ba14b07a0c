import Foundation

/// Why a line of a catalogue is no procedure, in a sentence that names the field.
package struct LineProblem: Error, Hashable, Sendable {
    package var reason: String

    /// The field at fault, with which the reason begins; empty when it is the whole line.
    package var field: String {
        let path = reason.prefix { $0 != ":" }
        let isPath =
            !path.isEmpty && path.count < reason.count
            && path.utf8.allSatisfy { byte in
                byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "[")
                    || byte == UInt8(ascii: "]") || (0x30...0x39).contains(byte)
                    || (0x61...0x7A).contains(byte)
            }
        return isPath && path != "keys" ? String(path) : ""
    }

    /// The beginning of what a line holds, fit to be shown: short, and without control characters.
    static func shown(_ text: String) -> String {
        var shown = String.UnicodeScalarView()
        for scalar in text.unicodeScalars.prefix(20) {
            shown.append(scalar.properties.generalCategory == .control ? "\u{FFFD}" : scalar)
        }
        return String(shown)
    }
}

/// One procedure as a catalogue line holds it.
package struct CatalogueLine: Hashable, Sendable {
    package var procedureID: String
    package var content: ProcedureContent
    /// Whether the procedure takes no new dossiers.
    package var isRetired = false
}

/// Reads a catalogue: one JSON object a line, UTF-8, in the catalogue's shape or as a source prints
/// it (``RawRow``). Nothing is guessed: what cannot be read is refused with its reason, and the
/// other lines stand.
package enum CatalogueReader {
    /// The size of one import, in bytes.
    package static let bytesMax = 3 << 20
    /// Lines in one import, so that the reasons of the refused ones fit into the reply.
    package static let linesMax = 4_000

    /// One line, in bytes.
    package static let lineBytesMax = 64 << 10

    package struct Refused: Hashable, Sendable {
        /// Counted from 1, blank lines included.
        package var line: Int
        package var problem: LineProblem
    }

    package struct Reading: Sendable {
        package var accepted: [CatalogueLine] = []
        /// Where each accepted one stands, counted like ``Refused/line``.
        package var acceptedLines: [Int] = []
        package var refused: [Refused] = []
    }

    /// Reads all lines. A `source_id` that an earlier line of the file had is refused: which one
    /// holds is not ours to choose.
    package static func read(_ bytes: [UInt8]) -> Reading {
        var reading = Reading()
        var firstLines: [String: Int] = [:]
        let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() where !JSONLine.isBlank(line) {
            switch Result(catching: { () throws(LineProblem) in try read(line: line) }) {
            case .failure(let problem):
                reading.refused.append(Refused(line: index + 1, problem: problem))
            case .success(let procedure):
                if let first = firstLines[procedure.procedureID] {
                    let reason =
                        "source_id: \(procedure.procedureID) stands in line \(first) already; keep one of them"
                    reading.refused.append(
                        Refused(line: index + 1, problem: LineProblem(reason: reason)))
                } else {
                    firstLines[procedure.procedureID] = index + 1
                    reading.accepted.append(procedure)
                    reading.acceptedLines.append(index + 1)
                }
            }
        }
        return reading
    }

    package static func lineCount(_ bytes: [UInt8]) -> Int {
        bytes.reduce(into: 1) { count, byte in if byte == 0x0A { count += 1 } }
    }

    /// Reads one line without its line feed.
    package static func read(line: ArraySlice<UInt8>) throws(LineProblem) -> CatalogueLine {
        guard line.count <= lineBytesMax else {
            throw LineProblem(reason: "is over \(lineBytesMax) bytes")
        }
        let fields = try JSONLine.fields(of: line)
        let procedure =
            RawRow.isRaw(fields)
            ? try RawRow(fields).line() : try CatalogueRow(fields).line()
        try JSONSpelling.check(line)
        return procedure
    }
}

/// One JSON object a line, as import files hold them.
enum JSONLine {
    /// The fields of a line without its line feed, which must be nothing but an object.
    static func fields(of line: ArraySlice<UInt8>) throws(LineProblem) -> [String: JSONValue] {
        guard String(validating: line, as: UTF8.self) != nil else {
            throw LineProblem(reason: "not UTF-8: save the file as UTF-8")
        }
        if line.starts(with: [0xEF, 0xBB, 0xBF]) {
            throw LineProblem(reason: "begins with a byte order mark: save the file without it")
        }
        let value: JSONValue
        do {
            value = try JSONDecoder().decode(JSONValue.self, from: Data(line))
        } catch let error as LineProblem {
            throw error
        } catch {
            throw LineProblem(reason: "not one JSON object: check quotes, commas and brackets")
        }
        guard case .object(let fields) = value else {
            throw LineProblem(reason: "not a JSON object: a line is one object in braces")
        }
        return fields
    }

    static func isBlank(_ line: ArraySlice<UInt8>) -> Bool {
        line.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
    }
}

/// A JSON value with whole numbers apart from the others.
enum JSONValue: Decodable {
    case null
    case bool(Bool)
    case integer(Int64)
    /// A number with a fraction or beyond 64 bits.
    case number
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    init(from decoder: any Decoder) throws {
        // Text first: most values are, and every wrong guess costs an error.
        let scalar = try decoder.singleValueContainer()
        if let text = try? scalar.decode(String.self) {
            self = .string(text)
        } else if let container = try? decoder.container(keyedBy: Key.self) {
            var fields: [String: JSONValue] = [:]
            for key in container.allKeys {
                fields[key.stringValue] = try container.decode(JSONValue.self, forKey: key)
            }
            self = .object(fields)
        } else if var container = try? decoder.unkeyedContainer() {
            var elements: [JSONValue] = []
            while !container.isAtEnd { elements.append(try container.decode(JSONValue.self)) }
            self = .array(elements)
        } else if scalar.decodeNil() {
            self = .null
        } else if let integer = try? scalar.decode(Int64.self) {
            self = .integer(integer)
        } else if let bool = try? scalar.decode(Bool.self) {
            self = .bool(bool)
        } else {
            self = .number
        }
    }

    struct Key: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
}
