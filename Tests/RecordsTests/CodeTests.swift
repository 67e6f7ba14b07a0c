import Messages
import RPC
import Testing
import WorkingTime

@testable import Records

@Suite struct CodeTests {
    @Test(
        arguments: [
            ("H26.001.00-260302-0001", nil), ("000.00.01.H26-250630-9999", nil),
            // Centralised services: the system's two digits and a number (Circular 04/2025).
            ("H26.001.00-260302-010001", nil),
            ("000.00.01.H26-250630-10000", .beyondDailyCodes(Regime.all[0])),
            ("000.00.01.H26-250701-0001", .otherRegime(Regime.all[1])),
            ("H26.001.00-250630-0001", .otherRegime(Regime.all[0])),
            ("H26.001.00-260230-0001", .noSuchDay), ("H26.001.00-260013-0001", .noSuchDay),
            ("H26.001.00-260302-001", .malformed), ("H26.001.00-260302-0000", .malformed),
            ("H26.001.00-260302", .malformed), ("H26.001.00-26030-0001", .malformed),
            ("H26.001.00-260302-00o1", .malformed), ("H26.001-260302-0001", .malformed),
            ("H26.001.00-260302-0001-1", .malformed), ("-", .malformed),
            ("H26.001.00-260302-９９９９", .malformed),
        ] as [(String, CodeRejection?)])
    func aCodeIsCheckedByTheRegimeOfItsDay(code: String, rejection: CodeRejection?) {
        #expect(DossierCode.rejection(of: code) == rejection)
    }

    @Test(arguments: [
        ("H26.001.00-250630-0001", "dossier_id OTHER_REGIME"),
        ("000.00.01.H26-250630-10000", "dossier_id OUT_OF_RANGE"),
        ("H26.001.00-260230-0001", "dossier_id DATE_DOES_NOT_EXIST"),
    ])
    func aCodeThatNoDossierHasIsRefusedByName(code: String, field: String) async throws {
        let request = RecordsV1.GetDossierRequest.with { $0.dossierID = code }
        try await Counter.run(at: "2026-03-02T09:00", importing: false) { counter in
            let official = try await counter.refusal {
                try await counter.dossiers.getDossier(request)
            }
            #expect(official.fields == [field])
            let portal = counter.portal()
            let told = try await counter.refusal { try await portal.getDossier(request) }
            #expect(told.reason == "DOSSIER_NOT_FOUND", "\(told.message)")
        }
    }
}

@Suite struct IdentityContradictionTests {
    @Test(
        arguments: [
            // A woman of 1999.
            ("001199012345", .female, "1999-05-04", []),
            ("001199012345", .male, "1999-05-04", ["applicant.sex CONTRADICTORY"]),
            ("001199012345", .female, "1989-05-04", ["applicant.birth_date CONTRADICTORY"]),
            ("001199012345", nil, "2099-05-04", ["applicant.birth_date IMPLAUSIBLE"]),
            // A man of 2003: the same two digits in another century.
            ("001203012345", .male, "2003-12-31", []),
            (
                "001203012345", .female, "1903-12-31",
                ["applicant.sex CONTRADICTORY", "applicant.birth_date CONTRADICTORY"]
            ),
            ("001199012345", nil, "1999-02-29", ["applicant.birth_date DATE_DOES_NOT_EXIST"]),
            ("", .male, "1890-01-01", ["applicant.birth_date IMPLAUSIBLE"]),
            // The old card's number and a tax code tell neither.
            ("012345678", .male, "1950-01-01", []),
            ("0100112437", .female, "1950-01-01", []),
            ("", nil, "", []),
        ] as [(String, Sex?, String, [String])])
    func sexAndDayOfBirthAgreeWithTheIdentityNumber(
        number: String, sex: Sex?, birth: String, fields: [String]
    ) {
        let applicant = Applicant(
            fullName: "Trần Thị Bình", identityNumber: number, phone: "", email: "", address: "",
            sex: sex, birthDate: birth)
        let violations = applicant.violations(on: CivilDate(year: 2026, month: 3, day: 2)!)
        #expect(violations.map { "\($0.field) \($0.reason.rawValue)" } == fields)
    }

    @Test func nothingIsStoredOfAHandInThatContradictsItself() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            var request = counter.submission("1658")
            request.applicant?.sex = .male
            request.applicant?.birthDate = "1999-05-04"
            let status = try await counter.refusal { [request] in
                try await counter.dossiers.submitDossier(request)
            }
            #expect(status.fields == ["applicant.sex CONTRADICTORY"])
            #expect(try await counter.dossiers.listDossiers(.init()).dossiers.isEmpty)
            request.requestID = counter.newRequestID()
            request.applicant?.sex = .female
            let dossier = try #require(try await counter.dossiers.submitDossier(request).dossier)
            #expect(try await counter.get(dossier.dossierID).applicant == request.applicant)
        }
    }
}
