import Testing

@testable import Identity

struct ProvenCacheTests {
    @Test func aProofIsWorkedOutOnce() {
        let cache = ProvenCache<Int, String>(countMax: 4)
        var proofs = 0
        for _ in 0..<3 {
            let proven = cache.proven(7) {
                proofs += 1
                return "seven"
            }
            #expect(proven == "seven")
        }
        #expect(proofs == 1)
    }

    @Test func whatDoesNotHoldIsNotRemembered() {
        let cache = ProvenCache<Int, String>(countMax: 4)
        #expect(cache.proven(7) { nil } == nil)
        #expect(cache.count == 0)
        #expect(cache.proven(7) { "seven" } == "seven", "it is worked out again")
    }

    @Test func aFullCacheStartsAnewAndStillAnswersRightly() {
        let cache = ProvenCache<Int, Int>(countMax: 4)
        for number in 0..<50 {
            #expect(cache.proven(number) { number * 2 } == number * 2)
            #expect(cache.count <= 4)
        }
        #expect(cache.proven(0) { 100 } == 100, "the oldest is long forgotten")
    }
}
