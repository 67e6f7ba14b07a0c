import ArgumentParser
import Glibc
import RPC
import RPCTesting
import UnixSocket

/// The way the stream goes, and whether a gateway lies between.
enum Course: String, CaseIterable {
    case download = "server-streaming, direct"
    case upload = "client-streaming, direct"
    case forwardedDownload = "server-streaming, through a gateway"
    case forwardedUpload = "client-streaming, through a gateway"

    var isUpload: Bool { self == .upload || self == .forwardedUpload }
    var isForwarded: Bool { self == .forwardedDownload || self == .forwardedUpload }
}

/// Proof that a stream to a reader that sleeps costs no memory and harms no other call. Server, gateway and
/// client are three processes.
struct SlowReader: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Streams to a reader that sleeps; fails if memory rises or a call beside it fails.",
        discussion: "Prints a table a course, separated by tabs, and a line that sums it up.")

    @Option(help: "What each stream carries.") var mebibytes = 1024
    @Option(help: "The body of one message.") var messageKibibytes = 64
    @Option(help: "Between two lines of a table.") var intervalMilliseconds = 200
    @Option(help: "How far the memory of a process may rise above its first line, at most.")
    var riseMebibytes = 32

    func run() async throws {
        let folder = try temporaryFolder()
        let sockets = (server: "\(folder)/server.sock", gateway: "\(folder)/gateway.sock")
        defer { rmdir(folder) }
        let server = try Child(["serve", sockets.server])
        let gateway = try Child(["forward", sockets.gateway, sockets.server])
        let processes = [
            ("server", server.processID), ("gateway", gateway.processID), ("client", getpid()),
        ]
        var isFlat = true
        for course in Course.allCases {
            let channel = try UnixSocketChannel(
                path: course.isForwarded ? sockets.gateway : sockets.server)
            let curve = try await follow(course, channel, processes)
            await channel.close()
            print(curve.summary(of: course.rawValue))
            isFlat = isFlat && curve.holds(riseKiB: riseMebibytes << 10)
        }
        withExtendedLifetime((server.processID, gateway.processID)) {}
        guard isFlat else { throw ExitCode.failure }
    }

    private func follow(
        _ course: Course, _ channel: UnixSocketChannel, _ processes: [(String, pid_t)]
    ) async throws -> Curve {
        // Everything that is made once is made before the first line.
        let _: Note = try await channel.unary(FlowService.reset, Note("x"), options: .init())
        let received = Counter()
        var curve = Curve(processes, isUpload: course.isUpload)
        print("# \(course.rawValue)\n\(curve.heading)")
        let beside = Beside(channel)
        async let calls = beside.run()
        async let stream: Void = move(course, channel, received, beside)
        while !beside.isOver {
            let server: Note = try await channel.unary(
                FlowService.progress, Note(), options: .init())
            print(curve.sample(server: Int(server.count), client: received.value))
            // Cancelled: the stream ends, and so does this.
            try? await Task.sleep(for: .milliseconds(intervalMilliseconds))
        }
        try await stream
        curve.calls = try await calls
        return curve
    }

    private func move(
        _ course: Course, _ channel: UnixSocketChannel, _ moved: Counter, _ beside: Beside
    ) async throws {
        defer { beside.end() }
        let body = [UInt8](repeating: 7, count: messageKibibytes << 10)
        let count = Int64((mebibytes << 20) / body.count)
        if course.isUpload {
            let taken: Note = try await channel.clientStreaming(FlowService.take, options: .init())
            { (out: RequestWriter<Note>) in
                for index in 0..<count {
                    try await out.write(Note("", count: index, body: body))
                    moved.add(body.count)
                }
            }
            guard taken.count == count * Int64(body.count) else {
                throw Status(.dataLoss, "\(taken.count) bytes arrived")
            }
            return
        }
        try await channel.serverStreaming(
            FlowService.give, Note("", count: count, body: body), options: .init()
        ) { (notes: ResponseStream<Note>) in
            var pace = Pace()
            var next: Int64 = 0
            try await pace.begin()
            for try await note in notes {
                guard note.count == next, note.body.count == body.count else {
                    throw Status(.dataLoss, "message \(note.count) instead of \(next)")
                }
                next += 1
                moved.add(note.body.count)
                try await pace.read(note.body.count)
            }
            guard next == count else { throw Status(.dataLoss, "\(next) messages arrived") }
        }
    }
}
