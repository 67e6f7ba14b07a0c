import Messages
import RPC

/// Takes one dossier through its visits, as officials and the services behind the gateway would.
struct Clerk: Sendable {
    let office: Office
    let offers: [Offer]
    let wards: [String]
    /// Makes request ids unlike those of other runs on the same data.
    let run: String

    /// What a dossier carries from visit to visit.
    struct Open: Sendable {
        var life: Life
        var next = 0
        var dossierID = ""
        var commands = 0
        /// Facts of payments count up.
        var papers: [String] = []
    }

    /// Does the next visit.
    func visit(_ open: inout Open) async throws {
        let visit = open.life.visits[open.next].visit
        open.next += 1
        do {
            switch visit {
            case .handIn: try await handIn(&open)
            case .askSupplement: try await askSupplement(&open)
            case .bringSupplement: try await bringSupplement(&open)
            case .examine: try await completeSteps(&open, atMost: 1)
            case .decide: try await completeSteps(&open, atMost: .max)
            case .issue: try await issue(&open)
            case .handOver: try await handOver(&open)
            case .withdraw: try await withdraw(&open)
            }
        } catch let status as Status {
            throw GrowthError("dossier \(open.life.number), \(visit): \(status)")
        }
    }

    private func handIn(_ open: inout Open) async throws {
        let offer = offers[open.life.offer]
        var request = RecordsV1.SubmitDossierRequest()
        request.requestID = id(&open)
        request.procedureID = offer.procedureID
        request.receivingUnit = wards[open.life.ward]
        request.channel = offer.channel
        request.limitID = offer.limitID
        request.feeLineIDs = offer.feeLineIDs
        request.componentIDs = offer.componentIDs
        request.applicant = Names.applicant(open.life.applicant)
        let reply = try await office.dossiers.submitDossier(
            request, options: office.options(for: receptionist(open.life)))
        guard let dossier = reply.dossier else { throw GrowthError("a hand-in without a dossier") }
        open.dossierID = dossier.dossierID
        open.papers = dossier.components.map(\.componentID)
        // Before it has to be paid for.
        if case .refused = open.life.outcome { return try await refuse(&open) }
        if offer.feeLineIDs.isEmpty {
            try await fee(.noneDue, 1, &open)
        } else {
            try await fee(.due, 1, &open)
            try await fee(.settled, 2, &open)
        }
        for paper in open.papers { try await digitize(paper, "1", &open) }
        var accept = RecordsV1.AcceptDossierRequest()
        accept.requestID = id(&open)
        accept.dossierID = open.dossierID
        _ = try await office.dossiers.acceptDossier(
            accept, options: office.options(for: receptionist(open.life)))
        var start = RecordsV1.StartProcessingRequest()
        start.requestID = id(&open)
        start.dossierID = open.dossierID
        _ = try await office.dossiers.startProcessing(
            start, options: office.options(for: receptionist(open.life)))
    }

    private func refuse(_ open: inout Open) async throws {
        var request = RecordsV1.RefuseDossierRequest()
        request.requestID = id(&open)
        request.dossierID = open.dossierID
        request.reason = "Không thuộc thẩm quyền giải quyết của cơ quan"
        _ = try await office.dossiers.refuseDossier(
            request, options: office.options(for: receptionist(open.life)))
    }

    private func askSupplement(_ open: inout Open) async throws {
        var request = RecordsV1.RequestSupplementRequest()
        request.requestID = id(&open)
        request.dossierID = open.dossierID
        request.reason = "Bản sao mờ, đề nghị nộp lại bản chụp rõ các trang"
        request.componentIDs = Array(open.papers.prefix(1))
        _ = try await office.dossiers.requestSupplement(
            request, options: office.options(for: handler(open.life)))
    }

    private func bringSupplement(_ open: inout Open) async throws {
        for paper in open.papers.prefix(1) { try await digitize(paper, "2", &open) }
        var request = RecordsV1.ReceiveSupplementRequest()
        request.requestID = id(&open)
        request.dossierID = open.dossierID
        _ = try await office.dossiers.receiveSupplement(
            request, options: office.options(for: receptionist(open.life)))
    }

    private func completeSteps(_ open: inout Open, atMost stepsMax: Int) async throws {
        var get = RecordsV1.GetDossierRequest()
        get.dossierID = open.dossierID
        var dossier = try await office.dossiers.getDossier(
            get, options: office.options(for: handler(open.life)))
        var done = 0
        while done < stepsMax, let step = dossier.steps.first(where: { $0.endTime == nil }) {
            var request = RecordsV1.CompleteStepRequest()
            request.requestID = id(&open)
            request.dossierID = open.dossierID
            request.stepNumber = step.number
            request.note = "Đã kiểm tra, hồ sơ đủ điều kiện"
            dossier = try await office.dossiers.completeStep(
                request, options: office.options(for: handler(open.life)))
            done += 1
        }
    }

    private func issue(_ open: inout Open) async throws {
        var request = RecordsV1.IssueResultRequest()
        request.requestID = id(&open)
        request.dossierID = open.dossierID
        request.number = "\(open.life.number + 1)/GCN-UBND"
        request.summary = "Giấy chứng nhận theo đề nghị của công dân"
        _ = try await office.dossiers.issueResult(
            request, options: office.options(for: handler(open.life)))
        try await digitize("", "1", &open)
    }

    private func handOver(_ open: inout Open) async throws {
        var request = RecordsV1.ReturnResultRequest()
        request.requestID = id(&open)
        request.dossierID = open.dossierID
        _ = try await office.dossiers.returnResult(
            request, options: office.options(for: receptionist(open.life)))
    }

    private func withdraw(_ open: inout Open) async throws {
        var request = RecordsV1.WithdrawDossierRequest()
        request.requestID = id(&open)
        request.dossierID = open.dossierID
        request.reason = "Công dân không còn nhu cầu"
        _ = try await office.dossiers.withdrawDossier(
            request, options: office.options(for: receptionist(open.life)))
    }

    private func fee(
        _ status: RecordsV1.FeeStatus, _ sequence: Int64, _ open: inout Open
    ) async throws {
        var request = RecordsV1.RecordFeeRequest()
        request.requestID = id(&open)
        request.dossierID = open.dossierID
        request.feeStatus = status
        request.epoch = "5f0f8a4e-2b6e-4c39-9a62-7d1f6f0c1a11"
        // Places only grow within one dossier: which those of others are, nobody compares.
        request.sequence = Int64(open.life.number) * 2 + sequence
        _ = try await office.facts.recordFee(request, options: office.options(for: "gateway"))
    }

    private func digitize(_ component: String, _ version: String, _ open: inout Open) async throws {
        var request = RecordsV1.RecordDigitizationRequest()
        request.requestID = id(&open)
        request.dossierID = open.dossierID
        request.componentID = component
        request.documentID = "\(open.dossierID.prefix(20))-\(component)-\(version)"
        _ = try await office.facts.recordDigitization(
            request, options: office.options(for: "gateway"))
    }

    private func id(_ open: inout Open) -> String {
        open.commands += 1
        return "\(run)-\(open.life.number)-\(open.commands)"
    }

    private func receptionist(_ life: Life) -> String {
        "tiepnhan.\(wards[life.ward]).\(life.desk)"
    }
    private func handler(_ life: Life) -> String { "thuly.\(wards[life.ward]).\(life.desk)" }
}

/// Made-up citizens.
enum Names {
    private static let family = [
        "Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Phan", "Vũ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô",
    ]
    private static let middle = ["Văn", "Thị", "Đức", "Minh", "Thu", "Quang", "Ngọc", "Hữu"]
    private static let given = [
        "An", "Bình", "Chi", "Dũng", "Giang", "Hà", "Hùng", "Khánh", "Lan", "Linh", "Mai", "Nam",
        "Oanh", "Phong", "Quân", "Sơn", "Thảo", "Trang", "Tuấn", "Vân", "Yến",
    ]

    /// The same for the same number, unlike that of another.
    static func applicant(_ number: UInt64) -> RecordsV1.Applicant {
        var random = SplitMix64(seed: number)
        func one(_ list: [String]) -> String {
            list[Int.random(in: list.indices, using: &random)]
        }
        var applicant = RecordsV1.Applicant()
        applicant.fullName = "\(one(family)) \(one(middle)) \(one(given))"
        // Hanoi's prefix 001, a man or woman of the 20th century, the year of birth, six digits.
        let year = Int.random(in: 50...99, using: &random)
        let serial = Int.random(in: 100_000...999_999, using: &random)
        applicant.identityNumber =
            "001\(applicant.fullName.contains("Thị") ? 1 : 0)\(year)\(serial)"
        applicant.phone = "09\(Int.random(in: 10_000_000...99_999_999, using: &random))"
        applicant.address =
            "Số \(Int.random(in: 1...400, using: &random)), phường \(one(given)) \(one(given))"
        return applicant
    }
}
