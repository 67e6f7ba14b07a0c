import RPC
import WorkingTime

extension Status {
    init(_ rejection: ClockRejection) {
        switch rejection {
        case .notRunning(let state):
            self.init(
                "CLOCK_NOT_RUNNING", ["state": state.protoName],
                "no clock runs in state \(state.label): it runs from acceptance to the end of "
                    + "processing")
        case .alreadyStopped(let since):
            let time = since.formatted(in: .vietnam)
            self.init(
                "CLOCK_ALREADY_STOPPED", ["since": time],
                "the clock has stood still since \(time): let it run again first")
        case .notStopped:
            self.init(
                "CLOCK_NOT_STOPPED", [:],
                "no decision has stopped the clock; a supplement ends with ReceiveSupplement")
        case .overlaps(let until):
            let time = until.formatted(in: .vietnam)
            self.init(
                .failedPrecondition, reason: "HOLDS_OVERLAP", domain: Self.domain,
                message: "the clock stood still until \(time) already: begin there or later",
                metadata: ["until": time],
                fields: [
                    .init(
                        field: "from_time", remedy: "begin at \(time) or later",
                        reason: FieldViolation.Reason.outOfRange.rawValue)
                ])
        case .alreadyExtended(let letterNumber):
            self.init(
                "ALREADY_EXTENDED", ["letter_number": letterNumber],
                "the limit was extended by letter \(letterNumber), and may be only once")
        case .nothingToExtend:
            self.init(
                "NOTHING_TO_EXTEND", [:], "the procedure states no limit that could be extended")
        case .extensionTooLate(let last):
            let time = last?.formatted(in: .vietnam)
            self.init(
                "EXTENSION_TOO_LATE", ["last_time": time ?? ""],
                time.map { "an extension had to be granted by \($0)" }
                    ?? "the limit is too short to be extended")
        }
    }
}
