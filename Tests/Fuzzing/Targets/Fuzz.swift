import Glibc

/// `motcua-fuzz TARGET [libFuzzer's own arguments]`, or `motcua-fuzz seeds FOLDER`. See `Scripts/fuzz`.
@main enum Fuzz {
    /// libFuzzer starts itself anew for some jobs, without our argument.
    private static let targetVariable = "MOTCUA_FUZZ_TARGET"

    static func main() {
        let arguments = CommandLine.arguments
        if arguments.count == 3, arguments[1] == "seeds" { return Seeds.write(to: arguments[2]) }
        var argv: Arguments = CommandLine.unsafeArgv
        var argc = CommandLine.argc
        if arguments.count > 1, Target(rawValue: arguments[1]) != nil {
            setenv(targetVariable, arguments[1], 1)
            argv = argv! + 1
            argv![0] = CommandLine.unsafeArgv[0]
            argc -= 1
        }
        guard let name = getenv(targetVariable),
            let target = Target(rawValue: String(cString: name))
        else {
            let names = Target.allCases.map(\.rawValue).joined(separator: "|")
            print("motcua-fuzz \(names) [ARGUMENT OF LIBFUZZER...]\nmotcua-fuzz seeds FOLDER")
            exit(64)
        }
        chosen = target
        exit(runDriver(&argc, &argv) { start, count in fuzzOne(start, count) })
    }
}

/// One reader of bytes from strangers, and what must hold of it.
enum Target: String, CaseIterable {
    case frames
    case envelopes
    case messages
    case json
    case server
    case traces
    case vietqr

    func run(_ input: UnsafeRawBufferPointer) {
        switch self {
        case .frames: FramesTarget.run(input)
        case .envelopes: EnvelopesTarget.run(input)
        case .messages: MessagesTarget.run(input)
        case .json: JSONTarget.run(input)
        case .server: ServerTarget.run(input)
        case .traces: TracesTarget.run(input)
        case .vietqr: VietQRTarget.run(input)
        }
    }
}

// Set once, before the driver starts; libFuzzer calls on one thread.
nonisolated(unsafe) private var chosen = Target.frames

typealias Arguments = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?

@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ argc: UnsafeMutablePointer<CInt>, _ argv: UnsafeMutablePointer<Arguments>,
    _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOne(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    chosen.run(UnsafeRawBufferPointer(start: start, count: count))
    return 0
}

/// A promise that does not hold ends the process, which is how libFuzzer learns of it.
func expect(_ holds: Bool, _ broken: @autoclosure () -> String) {
    if !holds { fatalError(broken()) }
}

/// An input as a program: small numbers first, bytes where they are asked for. Past the end all is zero.
struct Program {
    private var rest: UnsafeRawBufferPointer

    init(_ input: UnsafeRawBufferPointer) { rest = input }

    var isOver: Bool { rest.isEmpty }

    mutating func byte() -> UInt8 {
        guard let first = rest.first else { return 0 }
        rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst())
        return first
    }

    mutating func word() -> Int { Int(byte()) << 8 | Int(byte()) }

    mutating func bytes(_ count: Int) -> UnsafeRawBufferPointer {
        let taken = rest.prefix(count)
        rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
        return UnsafeRawBufferPointer(rebasing: taken)
    }

    mutating func all() -> UnsafeRawBufferPointer { bytes(rest.count) }
}
