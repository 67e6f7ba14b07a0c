import RPC
import RPCTesting
import Wire

/// A server's connection as a whole: whatever the peer sends, the process lives, every call that was admitted
/// is answered once, the output stays within its bound, nothing is held at the end, and a well-formed call is
/// served then.
///
/// The input is a program. A step's two upper bits say what it is: bytes as they are, a request, a data frame,
/// or what the world does meanwhile.
enum ServerTarget {
    static func run(_ input: UnsafeRawBufferPointer) {
        var program = Program(input)
        let world = ServerWorld()
        var steps = 0
        while !program.isOver, steps < 512 {
            steps += 1
            let step = program.byte()
            let number = Int(step & 0x3f)
            switch step >> 6 {
            case 0: world.send(Array(program.bytes(number + 1)))
            case 1: sendRequest(number, &program, world)
            case 2: sendData(number, &program, world)
            default: move(number, &program, world)
            }
        }
        world.finish()
    }

    private static func sendRequest(
        _ number: Int, _ program: inout Program, _ world: ServerWorld
    ) {
        let flags = FrameFlags(rawValue: program.byte())
        let extras = program.byte()
        let payload = program.bytes(Int(program.byte()))
        let methods = FuzzService.methods
        let name = number < methods.count * 6 ? methods[number % methods.count].name : "?"
        var output = OutputBuffer()
        let frame = output.beginFrame()
        output.appendRequestHead(service: FuzzService.name, method: name)
        output.appendBytes(field: RequestEnvelope.Field.payload, Array(payload))
        if extras & 1 != 0 { output.appendTimeout(Int64(program.byte()) * 1_000_000 - 1_000_000) }
        for _ in 0..<(extras >> 1 & 7) {
            output.appendMetadata(
                key: String(decoding: program.bytes(2), as: UTF8.self),
                value: String(decoding: program.bytes(4), as: UTF8.self))
        }
        // Now and then an id that was used, or an even one.
        let id = extras < 0xf0 ? world.nextID() : UInt32(program.byte())
        end(&output, frame, id, .request, flags)
        world.send(Array(output.bytes))
    }

    private static func sendData(_ number: Int, _ program: inout Program, _ world: ServerWorld) {
        let flags = FrameFlags(rawValue: program.byte())
        let payload = program.bytes(Int(program.byte()))
        var output = OutputBuffer()
        let frame = output.beginFrame()
        output.append(payload.count).copyMemory(
            from: payload.baseAddress ?? UnsafeRawPointer(bitPattern: 8)!, byteCount: payload.count)
        end(&output, frame, world.usedID(before: number), .data, flags)
        world.send(Array(output.bytes))
    }

    private static func end(
        _ output: inout OutputBuffer, _ frame: UInt64, _ id: UInt32, _ type: FrameType,
        _ flags: FrameFlags
    ) {
        do { try output.endFrame(frame, streamID: id, type: type, flags: flags) } catch {
            fatalError("a small frame does not fit: \(error)")
        }
    }

    private static func move(_ number: Int, _ program: inout Program, _ world: ServerWorld) {
        switch number % 6 {
        case 0: world.turn()
        case 1: world.gates.release()
        case 2: world.advance(by: .milliseconds(Int(program.byte())))
        case 3: world.read(Int(program.byte()) * 64)
        case 4: world.window = 0
        default: world.window = .max
        }
    }
}
