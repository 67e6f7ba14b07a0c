import RPC

/// The W3C trace context of a peer: what is read comes back from what is written of it, and nothing that came is
/// passed on that could not be read again.
///
/// The input is lines: a `traceparent`, then a `tracestate` each.
enum TracesTarget {
    static func run(_ input: UnsafeRawBufferPointer) {
        let lines = input.split(separator: 0x0a, maxSplits: 40, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        var metadata = Metadata()
        for (index, line) in lines.enumerated() {
            metadata.add(line, for: index == 0 ? TraceContext.parentKey : TraceContext.stateKey)
        }
        guard let trace = TraceContext(metadata) else { return }
        expectReadBack(trace)
        let child = trace.child()
        expect(child.traceID == trace.traceID && child.spanID != 0, "a child left its trace")
        expect(child.state == trace.state && child.isSampled == trace.isSampled, "a child differs")
        expectReadBack(child)
        metadata.add(lines[0], for: TraceContext.parentKey)
        expect(TraceContext(metadata) == nil, "one of two parents was chosen")
    }

    private static func expectReadBack(_ trace: TraceContext) {
        expect(trace.traceIDHigh != 0 || trace.traceIDLow != 0, "a trace without an id was read")
        var metadata: Metadata = ["TraceParent": "another", "tracestate": "a=b"]
        trace.write(to: &metadata)
        expect(TraceContext(metadata) == trace, "\(trace) became \(metadata)")
        expect(TraceContext(parent: trace.parent, state: trace.state) == trace, "\(trace.parent)")
    }
}
