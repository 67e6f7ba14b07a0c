import Testing

@testable import Console

@Suite struct TimeArgumentTests {
    @Test(arguments: [
        ("250us", Duration.microseconds(250)), ("20ms", .milliseconds(20)), ("30s", .seconds(30)),
        ("5m", .seconds(300)), ("1h", .seconds(3600)), ("0", .zero), ("2.5", .milliseconds(2500)),
        ("0.5ms", .microseconds(500)), ("7h", .seconds(25_200)),
    ])
    func aLengthOfTimeHasAUnit(_ text: String, _ duration: Duration) {
        #expect(TimeArgument(argument: text)?.duration == duration)
    }

    @Test(arguments: ["", "s", "-1s", "5x", "1e9h", "nan", "1 s", "169h"])
    func anythingElseIsNone(_ text: String) { #expect(TimeArgument(argument: text) == nil) }
}
