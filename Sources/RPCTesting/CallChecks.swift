import RPC

/// What must hold of any channel to an ``EchoService``, whatever carries its bytes.
package enum CallChecks {
    package struct Violation: Error, CustomStringConvertible {
        package var description: String
    }

    /// One call of each kind.
    package static func everyKind(_ channel: some Channel) async throws {
        let echoed: Note = try await channel.unary(
            EchoService.echo, Note("hello"), options: .init())
        try check(echoed.text == "hello", "unary")

        let repeated = try await channel.serverStreaming(
            EchoService.repeat, Note("again", count: 100), options: .init()
        ) { (notes: ResponseStream<Note>) in
            var counts: [Int64] = []
            for try await note in notes { counts.append(note.count) }
            return counts
        }
        try check(repeated == Array(0..<100), "server streaming: \(repeated)")

        let collected: Note = try await channel.clientStreaming(
            EchoService.collect, options: .init()
        ) {
            (notes: RequestWriter<Note>) in
            for _ in 0..<100 { try await notes.write(Note("", body: [1, 2, 3])) }
        }
        try check(
            collected.count == 100 && collected.text == "300", "client streaming: \(collected)")

        let talk = try await channel.bidirectional(EchoService.chat, options: .init()) {
            (out: RequestWriter<Note>, notes: ResponseStream<Note>) in
            var heard: [String] = []
            var iterator = notes.makeAsyncIterator()
            for word in ["một", "cửa"] {
                try await out.write(Note(word))
                heard.append(try await iterator.next()?.text ?? "nothing")
            }
            await out.finish()
            if try await iterator.next() != nil { heard.append("more") }
            return heard
        }
        try check(talk == ["một", "cửa"], "bidirectional: \(talk)")
    }

    private static func check(_ holds: Bool, _ what: String) throws {
        if !holds { throw Violation(description: what) }
    }
}
