import RPC
import RPCTesting
import Testing
import Wire

/// W3C Trace Context, level 1. The tables follow the recommendation's examples and its conformance tests.
@Suite struct TraceContextTests {
    static let trace = "0af7651916cd43dd8448eb211c80319c"
    static let span = "b7ad6b7169203331"

    static let accepted: [(parent: String, isSampled: Bool)] = [
        // Section 3.2.3.
        ("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", true),
        ("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00", false),
        ("00-\(trace)-\(span)-03", true),
        ("00-\(trace)-\(span)-02", false),
        ("00-\(trace)-\(span)-ff", true),
        ("00-00000000000000000000000000000001-0000000000000001-00", false),
        ("00-10000000000000000000000000000000-1000000000000000-00", false),
        // Section 3.2.4: of later versions, the part that is known.
        ("cc-\(trace)-\(span)-01", true),
        ("cc-\(trace)-\(span)-01-what-the-future-will-be-like", true),
        ("01-\(trace)-\(span)-00-", false),
        ("fe-\(trace)-\(span)-09", true),
    ]

    static let rejected: [String] = [
        "",
        "00",
        "00-\(trace)-\(span)",
        "00-\(trace)-\(span)-",
        "00-\(trace)-\(span)-0",
        "00-\(trace)-\(span)-001",
        "00-\(trace)-\(span)-01-",
        "00-\(trace)-\(span)-01-more",
        "cc-\(trace)-\(span)-01.what",
        "cc-\(trace)-\(span)-0",
        "ff-\(trace)-\(span)-01",
        "0-\(trace)-\(span)-011",
        ".0-\(trace)-\(span)-01",
        "0.-\(trace)-\(span)-01",
        "0A-\(trace)-\(span)-01",
        "00-00000000000000000000000000000000-\(span)-01",
        "00-\(trace)-0000000000000000-01",
        "00-0AF7651916CD43DD8448EB211C80319C-\(span)-01",
        "00-\(trace)-B7AD6B7169203331-01",
        "00-\(trace)-\(span)-0A",
        "00-\(trace)-\(span)-.0",
        "00-.af7651916cd43dd8448eb211c80319c-\(span)-01",
        "00-\(trace)-.7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319-\(span)-01",
        "00-\(trace)1-\(span)-01",
        "00-\(trace)-\(span)1-01",
        "00_\(trace)_\(span)_01",
        " 00-\(trace)-\(span)-01",
        "00-\(trace)-\(span)-01 ",
        "00-0af7651916cd43dd8448eb211c8031é-\(span)-01",
    ]

    @Test(arguments: accepted)
    func aParentThatHoldsIsRead(parent: String, isSampled: Bool) throws {
        let context = try #require(TraceContext(parent: parent))
        let parts = parent.split(separator: "-", omittingEmptySubsequences: false)
        #expect(context.traceID == parts[1])
        #expect(context.isSampled == isSampled)
        // We write version 00, and of the flags the one that has a meaning.
        #expect(context.parent == "00-\(parts[1])-\(parts[2])-\(isSampled ? "01" : "00")")
    }

    @Test(arguments: rejected)
    func aParentThatBreaksARuleIsNone(parent: String) {
        #expect(TraceContext(parent: parent) == nil)
    }

    static let longKey = String(repeating: "z", count: 256)
    static let keptStates: [String] = [
        "congo=t61rcWkgMzE", "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE",
        "foo=1 \t , \t bar=2, \t baz=3", "foo=1,", "foo=1,,bar=2", "", "foo= 1",
        "a*-_/9=1", "t/enant0@system_=x", "0tenant@system=1", "\(longKey)=1",
        "\(String(repeating: "t", count: 241))@\(String(repeating: "v", count: 14))=1",
        "foo=\(String(repeating: "v", count: 256))",
        (1...32).map { "bar\($0)=\($0)" }.joined(separator: ","),
    ]
    static let droppedStates: [String] = [
        "foo", "=1", "foo=", "foo=1=2", "foo =1", "FOO=1", "foo.bar=1", "0foo=1", "foo@=1",
        "@foo=1", "foo@@bar=1", "foo@bar@baz=1", "foo=1,foo=2", "foo=\u{7f}", "foo=é",
        "\(longKey)z=1", "\(String(repeating: "t", count: 242))@v=1",
        "t@\(String(repeating: "v", count: 15))=1",
        "foo=\(String(repeating: "v", count: 257))",
        (1...33).map { "bar\($0)=\($0)" }.joined(separator: ","),
    ]

    @Test(arguments: keptStates.map { ($0, $0) } + droppedStates.map { ($0, "") })
    func aStateIsPassedOnOrDroppedWhole(state: String, kept: String) {
        let context = TraceContext(parent: Self.accepted[0].parent, state: state)
        #expect(context?.state == kept)
    }

    @Test func severalStatesAreOneListAndSeveralParentsAreNone() {
        var metadata: Metadata = ["traceparent": Self.accepted[0].parent, "tracestate": "foo=1"]
        metadata.add("bar=2", for: "TraceState")
        #expect(TraceContext(metadata)?.state == "foo=1,bar=2")
        metadata.add(Self.accepted[1].parent, for: "traceparent")
        #expect(TraceContext(metadata) == nil)
    }

    @Test func rootsAndChildrenHaveIdsOfTheirOwn() throws {
        let roots = (0..<1000).map { _ in TraceContext.root() }
        #expect(Set(roots.map(\.traceID)).count == 1000)
        let children = roots.map { $0.child() }
        #expect(Set(children.map(\.spanID) + roots.map(\.spanID)).count == 2000)
        for (root, child) in zip(roots, children) {
            #expect(root.traceID == child.traceID && !root.isSampled)
            #expect(TraceContext(parent: root.parent) == root)
        }
        let parent = try #require(TraceContext(parent: Self.accepted[0].parent, state: "foo=1"))
        #expect(parent.child().state == "foo=1" && parent.child().isSampled)
    }
}

/// A trace and a request id on their way through a gateway.
@Suite struct RequestTracingTests {
    let echo = EchoService()

    /// - Returns: What the service behind saw in the metadata, by key.
    func seenBehind(_ metadata: Metadata) async throws -> [Substring: Substring] {
        let back = InProcessServer(services: [echo]).makeChannel()
        let gateway = InProcessServer(
            Router(
                services: [Passage(back: back)], interceptors: [TraceAdmission(begins: true)]))
        let answer: Note = try await gateway.makeChannel().unary(
            EchoService.describe, Note(), options: .init(metadata: metadata))
        return Dictionary(
            uniqueKeysWithValues: answer.text.split(separator: "\n").map { line in
                let parts = line.split(separator: "=", maxSplits: 1)
                return (parts[0], parts[1])
            })
    }

    private struct Passage: Service {
        let back: any Channel
        var handlers: [Handler] {
            [
                .forwarding(EchoService.describe, to: back) {
                    CallOptions(forwarding: $0, metadata: $0.metadata)
                }
            ]
        }
    }

    @Test func aCallersTraceGoesOnWithASpanOfOurs() async throws {
        let sent = try #require(TraceContext(parent: TraceContextTests.accepted[0].parent))
        let seen = try await seenBehind([
            "traceparent": sent.parent, "tracestate": "congo=t61rcWkgMzE",
            "x-request-id": "counter 12/2026",
        ])
        let parent = try #require(seen["traceparent"].flatMap { TraceContext(parent: String($0)) })
        #expect(parent.traceID == sent.traceID && parent.spanID != sent.spanID)
        #expect(parent.isSampled)
        #expect(seen["tracestate"] == "congo=t61rcWkgMzE")
        #expect(seen["x-request-id"] == "counter 12/2026")
    }

    @Test(
        arguments: [
            [:], ["traceparent": "00-junk", "tracestate": "congo=t61rcWkgMzE", "x-request-id": ""],
            ["x-request-id": "dòng lạ"], ["x-request-id": "a\nb"],
            ["x-request-id": String(repeating: "x", count: 65)],
        ] as [Metadata])
    func whatIsMissingOrBrokenIsBegunAnew(metadata: Metadata) async throws {
        let seen = try await seenBehind(metadata)
        let parent = try #require(seen["traceparent"].flatMap { TraceContext(parent: String($0)) })
        #expect(seen["x-request-id"] == Substring(parent.traceID))
        #expect(seen["tracestate"] == nil)
    }

    @Test func aRequestIDOfTheMostCharactersIsKept() {
        let longest = String(repeating: "~", count: RequestID.lengthMax)
        #expect(RequestID.received(["X-Request-Id": longest]) == longest)
        var twice: Metadata = ["x-request-id": "a"]
        twice.add("b", for: "x-request-id")
        #expect(RequestID.received(twice) == nil)
    }

    @Test(arguments: StatusCode.allCases.filter { $0 != .ok })
    func failuresToAskAboutNameTheRequest(code: StatusCode) async throws {
        let server = InProcessServer(
            Router(services: [echo], interceptors: [TraceAdmission(begins: true)]))
        let failure = await #expect(throws: Status.self) {
            let _: Note = try await server.makeChannel().unary(
                EchoService.refuse, Note("no", count: Int64(code.rawValue)),
                options: .init(metadata: ["x-request-id": "r-7"], retries: .none))
        }
        let named = failure?.details.filter { $0.typeURL.hasSuffix("google.rpc.RequestInfo") }
        let isAsked = [.internal, .unknown, .unavailable, .dataLoss].contains(code)
        // request_id=1 of three bytes.
        #expect(named?.map(\.value) == (isAsked ? [[0x0a, 3] + Array("r-7".utf8)] : []))
        #expect(failure?.code == code)
    }

    @Test func anErrorThatIsNoStatusNamesTheRequestToo() async throws {
        let server = InProcessServer(
            Router(services: [echo], interceptors: [TraceAdmission(begins: true)]))
        let failure = await #expect(throws: Status.self) {
            let _: Note = try await server.makeChannel().unary(
                EchoService.fail, Note(), options: .init(metadata: ["x-request-id": "r-7"]))
        }
        #expect(failure?.code == .internal)
        #expect(failure?.details.map(\.value) == [[0x0a, 3] + Array("r-7".utf8)])
    }

    @Test func aServiceBehindTheGatewayBeginsNothing() async throws {
        var context = CallContext(method: EchoService.echo, peer: InProcessServer.peer)
        try TraceAdmission(begins: false).admit(&context)
        #expect(context.trace == nil && context.requestID == nil)
    }

    @Test func callsOfOurOwnBeginATraceAndKeepOneThatIsThere() async throws {
        let server = InProcessServer(services: [echo])
        let channel = server.makeChannel(interceptors: [TraceBeginning()])
        let begun: Note = try await channel.unary(EchoService.describe, Note(), options: .init())
        let parent = begun.text.split(separator: "=").last.map(String.init) ?? ""
        #expect(TraceContext(parent: parent) != nil)
        let given = TraceContext.root().parent
        let kept: Note = try await channel.unary(
            EchoService.describe, Note(), options: .init(metadata: ["traceparent": given]))
        #expect(kept.text == "traceparent=\(given)")
    }
}
