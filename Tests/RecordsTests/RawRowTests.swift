import Foundation
import Testing
import WorkingTime

@testable import Records

/// What is read of rows as the source prints them, worked out by hand from its traps.
@Suite struct RawRowTests {
    @Test func theSixKnownRowsAreReadAndTheirTrapsAreNot() throws {
        let reading = CatalogueReader.read(try Samples.rawRows())
        try #require(reading.refused == [])
        let rows = Dictionary(
            uniqueKeysWithValues: reading.accepted.map { ($0.procedureID, $0.content) })

        // "15 Giờ" is the cut-off, 5 USD are not 5 đồng.
        let death = try #require(rows["1610"])
        #expect(death.limits.map(\.limit) == [.sameDay])
        #expect(death.feeLines.map(\.amount) == [.open])
        #expect(death.feeLines[0].note == "5 USD Đăng ký khai tử")
        #expect(Set(death.doubts.map(\.field)) == ["limits[0]", "fee_lines[0]"])
        #expect(
            death.legalBasis.suffix(3) == ["01/2022/TT-BTP", "07/2023/TT-BNG", "03/2023/TT-BNG"])

        // One fee that the council sets, not free by post; the note among the papers is none.
        let birth = try #require(rows["1611"])
        #expect(birth.limits.map(\.limit) == [.sameDay, .sameDay, .sameDay])
        #expect(birth.feeLines.map(\.amount) == [.open])
        #expect(birth.feeLines[0].channels == [.direct, .online, .post])
        #expect(birth.components.map(\.name) == ["Giấy Chứng sinh"])
        #expect(
            birth.doubts.map(\.field) == ["components", "fee_lines[0]", "legal_basis[1]"])

        // The number before Đồng, not the one in words.
        let port = try #require(rows["1614"])
        #expect(port.agencies == ["Cảng vụ hàng hải", "Cảng vụ đường thủy nội địa"])
        #expect(port.feeLines.map(\.amount) == [.dong(15_000_000)])
        #expect(port.feeLines[0].per == "lần" && port.feeLines[0].channels == [.direct, .post])
        #expect(
            port.doubts.map(\.reason) == [
                "prints \"15.000.0000\" đồng in words as well",
                "is labelled Lệ phí and called Phí",
            ])

        // Nine rows are three lines, each for every channel.
        let car = try #require(rows["1488"])
        #expect(car.feeLines.map(\.kind) == [.serviceFee, .charge, .charge])
        #expect(car.feeLines.map(\.amount) == [.dong(300_000), .dong(40_000), .dong(90_000)])
        #expect(car.feeLines.allSatisfy { $0.channels == [.direct, .online, .post] })
        #expect(car.feeLines.map(\.per) == ["chiếc", "Giấy chứng nhận", "Giấy chứng nhận"])
        #expect(
            car.applicants.count == 8
                && car.applicants[5] == "Tổ chức (không bao gồm doanh nghiệp, HTX)")
        #expect(car.doubts == [])

        let artist = try #require(rows["1539"])
        #expect(artist.limits.map(\.limit) == [.unspecified, .unspecified, .unspecified])
        #expect(artist.resultName == "")
        #expect(
            artist.agencies == [
                "Vụ Tổ chức cán bộ - Bộ Văn hóa - Thể thao và Du lịch",
                "Sở Văn hóa, Thể thao và Du lịch", "Sở Văn hóa và Thể thao",
            ])
        #expect(artist.components[0].name.hasPrefix("Tờ khai"))
        #expect(artist.components[1].copies == 1)

        // Counted back from a session: no 60 days.
        let loan = try #require(rows["1570"])
        #expect(loan.limits.map(\.limit) == [.unspecified, .unspecified])
        #expect(loan.feeLines.map(\.amount) == [.dong(0), .dong(0)])
        #expect(loan.legalBasis == ["39/2019/QH14", "114/2021/NĐ-CP"])
        #expect(
            loan.components[0].form
                == "Phu luc IIIa (kem theo ND 114.2021).docx; Phụ lục IIIb (kem theo ND 114.2021).docx"
        )
    }

    /// `nil` for a refusal; `doubtful` whether a doubt is told.
    @Test(
        arguments: [
            ("5 Ngày làm việc", "5 working_day", false),
            ("05 ngày làm việc", "5 working_day", false),
            ("7 Ngày", "7 day", false), ("6 Tháng", "6 month", false), ("24 Giờ", "24 hour", false),
            ("1 Giờ", "1 hour", false), ("15 Giờ", "same_day", true), ("15h", "same_day", true),
            ("15 giờ làm việc", "15 working_hour", false),
            ("1 Ngày (làm việc)", "1 working_day", false),
            ("Không quá 05 ngày làm việc", "5 working_day", false),
            ("Trong thời hạn 10 ngày, kể từ ngày nhận đủ hồ sơ", "10 day", false),
            ("Trong vòng 15 giờ kể từ khi nhận hồ sơ", "15 hour", false),
            (
                "03 ngày làm việc. Trường hợp cần phải xác minh thì thời hạn giải quyết không quá 08 ngày làm việc.",
                "3 working_day", true
            ),
            ("10 ngày làm việc đối với hộ gia đình", "10 working_day", true),
            (
                "Ngay trong ngày tiếp nhận hồ sơ; trường hợp nhận hồ sơ sau 15 giờ mà không giải quyết được ngay thì trả kết quả trong ngày làm việc tiếp theo.",
                "same_day", false
            ),
            (
                "Ngay trong ngày tiếp nhận hồ sơ. Trong trường hợp phải xác minh thì không quá 3 ngày làm việc.",
                "same_day", true
            ),
            ("Ngay sau khi nhận được hồ sơ", "same_day", false),
            ("Chậm nhất 60 ngày trước ngày khai mạc kỳ họp", "unspecified", false),
            ("Chậm nhất vào ngày 15/5 hàng năm.", "unspecified", false),
            ("03 năm một lần vào dịp kỷ niệm", "unspecified", false),
            ("Chưa quy định cụ thể", "unspecified", false),
            ("Không quy định", "unspecified", false),
            ("Tùy theo giai đoạn xử lý hồ sơ", "unspecified", false),
            ("Khác", "unspecified", false),
            ("Theo Kế hoạch tổ chức của các cấp Hội đồng", "unspecified", false),
            ("", "unspecified", true), ("Không có thông tin", "unspecified", true),
            ("Theo hẹn của cơ quan", "unspecified", true),
            (
                "- Trong thời hạn 15 ngày, kể từ ngày thụ lý; - Trong thời hạn 05 ngày làm việc, kể từ ngày xét.",
                "unspecified", true
            ),
            ("Đối với cưỡng chế: Trong thời hạn 10 ngày", "unspecified", true),
            ("1", nil, false), ("30 ngày + 7 ngày làm việc", nil, false), ("1 Năm", nil, false),
            ("2 Tuần", nil, false), ("30 Phút", nil, false), ("Ba ngày làm việc", nil, false),
            ("1/2 ngày làm việc", nil, false), ("0,5 ngày", nil, false), ("10-15 ngày", nil, false),
            ("Từ 10 đến 15 ngày", "unspecified", true), ("0 Ngày làm việc", nil, false),
            ("99999 Ngày", nil, false),
        ] as [(String, String?, Bool)])
    func limitsAreReadFromNumbersThatAreOne(text: String, limit: String?, isDoubtful: Bool) throws {
        switch RawLimit.read(text) {
        case .limit(let read, let doubt):
            #expect(read.description == limit)
            #expect((doubt != nil) == isDoubtful, "\(doubt ?? "")")
        case .refused(let reason):
            #expect(limit == nil, "\(reason)")
        }
    }

    /// The limits of the clean catalogue were read from the same texts by hand.
    @Test func theTextsOfTheCleanCatalogueReadAsPeopleReadThem() throws {
        var count = 0
        for line in CatalogueReader.read(try Samples.catalogue()).accepted {
            for limit in line.content.limits where !limit.text.hasSuffix("…") {
                guard case .limit(let read, _) = RawLimit.read(limit.text) else {
                    Issue.record("refused: \(limit.text)")
                    continue
                }
                #expect(read == limit.limit, "\(limit.text)")
                count += 1
            }
        }
        #expect(count == 173)
    }

    /// `nil` for an open amount, -1 for a refusal.
    @Test(
        arguments: [
            ("Lệ phí : 40.000 Đồng Lệ phí cấp Giấy", 40_000, false),
            ("Mức giá : 300.000 Đồng Giá thẩm định: 300.000 đồng/chiếc", 300_000, false),
            ("Phí : 200000 Đồng", 200_000, false), ("Phí : 15.000.000 Đồng", 15_000_000, false),
            ("Phí : 1,500,000 Đồng", 1_500_000, true), ("Phí : 0 Đồng", 0, false),
            ("Phí : 0 Đồng Không có", 0, false), ("Phí : 0 Đồng Không quy định", 0, false),
            ("Lệ phí : 0 Đồng Mức lệ phí cụ thể do Hội đồng nhân dân tỉnh quyết định", nil, true),
            ("Phí : 0 Đồng Không thu phí theo quy định tại Nghị quyết 07", 0, false),
            ("Phí : 0 Đồng Miễn phí.", 0, false), ("Lệ phí : 0 Đồng 50.000 đồng/lần", nil, true),
            ("Lệ phí : Đồng Theo quy định của Luật Phí, lệ phí", nil, false),
            ("Lệ phí : Theo Thông tư số 150/2014/TT-BTC", nil, false), ("Lệ phí :", nil, false),
            ("Lệ phí : 5 USD Đăng ký khai tử", nil, true),
            ("Lệ phí : 100 USD/thẻ. USD 100 USD/thẻ.", nil, true), ("Phí : USD 30", nil, true),
            ("Phí : 0,1% giá trị", nil, true), ("Phí : Từ 50.000 đồng đến 100.000 đồng", nil, true),
            ("Phí : 70.000.000", 70_000_000, true), ("Phí : 30", nil, true),
            (
                "Phí : 1.000.000 Đồng tổng mức thu không quá 6.000.000 đồng/Giấy phép", 1_000_000,
                true
            ),
            ("Lệ phí : 15.000.0000 Đồng", -1, false), ("Phí : 1.50 Đồng", -1, false),
            ("Phí : 9999999999999999999 Đồng", -1, false),
        ] as [(String, Int64?, Bool)])
    func aFeeIsTheNumberBeforeTheWordDong(text: String, dong: Int64?, isDoubtful: Bool) throws {
        switch RawFee.read(text, kind: text.hasPrefix("Lệ phí") ? .charge : .serviceFee) {
        case .fee(let fee):
            #expect(fee.amount == dong.map(FeeAmount.dong) ?? .open)
            #expect(!fee.doubts.isEmpty == isDoubtful, "\(fee.doubts)")
        case .refused(let reason):
            #expect(dong == -1, "\(reason)")
        }
    }

    @Test(arguments: [
        ("Ủy ban Nhân dân xã, phường, thị trấn.", ["Ủy ban Nhân dân xã, phường, thị trấn"], 0),
        ("Sở Văn hóa, Thể thao và Du lịch", ["Sở Văn hóa, Thể thao và Du lịch"], 0),
        (
            "Cục cảnh sát phòng cháy, chữa cháy và cứu nạn cứu hộ, Công an Tỉnh.",
            ["Cục cảnh sát phòng cháy, chữa cháy và cứu nạn cứu hộ", "Công an Tỉnh"], 0
        ),
        (
            "Cục Quản lý Y, Dược cổ truyền - Bộ Y tế, Sở Y tế",
            ["Cục Quản lý Y, Dược cổ truyền - Bộ Y tế", "Sở Y tế"], 0
        ),
        ("Sở Nông nghiệp, Môi trường", ["Sở Nông nghiệp, Môi trường"], 1),
    ])
    func agenciesPartWhereAnAgencyBegins(text: String, agencies: [String], joined: Int) {
        let read = RawLists.agencies(in: text)
        #expect(read.agencies == agencies)
        #expect(read.joined.count == joined)
    }

    /// Every list of the clean catalogue, joined as the source joins it, parts as people parted it.
    @Test func theListsOfTheCleanCataloguePartAgain() throws {
        for line in CatalogueReader.read(try Samples.catalogue()).accepted {
            let agencies = line.content.agencies
            #expect(RawLists.agencies(in: agencies.joined(separator: ", ")).agencies == agencies)
            let applicants = line.content.applicants
            #expect(
                try RawLists.applicants(in: applicants.joined(separator: ", ")).get()
                    == applicants)
            #expect(line.content.legalBasis.allSatisfy(RawLists.isDocumentNumber))
            for number in line.content.legalBasis {
                #expect(RawLists.documentNumber(in: number) == number)
            }
        }
    }

    @Test(arguments: [
        ("Thông tư số 03/2023/TT-BTP", "03/2023/TT-BTP"), ("48 /2018/TT-NHNN", "48/2018/TT-NHNN"),
        ("14/2023/TT- BTNMT", "14/2023/TT-BTNMT"), ("114/2021/NĐ_CP", "114/2021/NĐ-CP"),
        ("Luật số: 06/2022/QH15", "06/2022/QH15"), ("66.7/2025/NQ-CP", "66.7/2025/NQ-CP"),
        ("Công văn hướng dẫn", "Công văn hướng dẫn"),
    ])
    func documentNumbersLoseOnlyWhatStandsAround(printed: String, number: String) {
        #expect(RawLists.documentNumber(in: printed) == number)
    }

    /// A sound row with one field damaged: the field and the reason.
    @Test(arguments: [
        (#""15 Ngày""#, #""1""#, "methods_raw[0].thoi_han", "without a unit"),
        (#""Trực tiếp""#, #""Điện thoại""#, "methods_raw[0].hinh_thuc", "not one of"),
        (#"["P1"]"#, #"["P9"]"#, "methods_raw[0].lien_ket_phi", "no fee of the row"),
        (#"["P1"]"#, "[]", "phi_raw[0]", "no method links it"),
        ("5.000 Đồng", "5.00 Đồng", "phi_raw[0].text", "grouped badly"),
        (#""Công dân Việt Nam""#, #""Mọi người""#, "applicants_raw", "closed list"),
        (#""Sở Y tế""#, #""Đang cập nhật""#, "agencies_raw", "placeholder"),
        (#""Đơn""#, #""§¬n xin""#, "components_raw[0].ten_giay_to", "another old encoding"),
        (#""Tên""#, #""Thá»§ tá»¥c""#, "name", "read as another encoding"),
        (#""Tên""#, #""T\uFFFDn""#, "name", "U+FFFD"),
        (#"Bản chính: 1\nBản sao: 0"#, "1 bộ", "components_raw[0].so_luong", "Bản chính: N"),
        (#""le_phi_raw":[],"#, "", "", "missing le_phi_raw"),
    ])
    func whatCannotBeReadIsRefusedByField(
        sound: String, damaged: String, field: String, reason: String
    ) throws {
        _ = try CatalogueReader.read(line: Array(Self.row.utf8)[...])
        let range = try #require(Self.row.range(of: sound))
        let row = Self.row.replacingCharacters(in: range, with: damaged)
        let problem = #expect(throws: LineProblem.self) {
            try CatalogueReader.read(line: Array(row.utf8)[...])
        }
        #expect(problem?.field == field)
        #expect(problem?.reason.contains(reason) == true, "\(problem?.reason ?? "")")
    }

    /// Read with a doubt, which says what was done.
    @Test(arguments: [
        (#""Đơn", "bieu_mau": """#, #""Đơn", "bieu_mau": "!®¬n.doc""#, "components[0].form"),
        (#""Đơn""#, #""Đơn đầu tƣ""#, "components[0]"),
        (#""Giấy""#, #""Đang cập nhật""#, "result_name"),
        (#""60/2014/QH13""#, #""Công văn""#, "legal_basis[0]"),
        (#""60/2014/QH13""#, #""01/2013/TT-BVHTTDL""#, "legal_basis[0]"),
        (#"Bản chính: 1\n"#, #"Bản chính: 0\n"#, "components[0]"),
        (#""Đơn""#, #""Đơn (02 bản chính)""#, "components[0]"),
        (#""Đơn""#, #""giấy""#, "result_name"), (#""Đơn""#, #""Hồ sơ:""#, "components[0]"),
    ])
    func whatIsDoubtfulIsReadAndSaysSo(sound: String, damaged: String, field: String) throws {
        let range = try #require(Self.row.range(of: sound))
        let row = Self.row.replacingCharacters(in: range, with: damaged)
        let content = try CatalogueReader.read(line: Array(row.utf8)[...]).content
        #expect(content.doubts.map(\.field) == [field])
    }

    /// The same words, open on one channel and 0 on the other.
    @Test func whatIsOpenOnOneChannelIsNotFreeOnTheOther() throws {
        let method = #"{"hinh_thuc":"Trực tuyến","thoi_han":"15 Ngày","lien_ket_phi":["P2"]},"#
        let row = Self.row
            .replacing(#""methods_raw":["#, with: #""methods_raw":[\#(method)"#)
            .replacing(
                "Phí : 5.000 Đồng\"}",
                with: "Phí : Đồng Do tỉnh thu\"},"
                    + "{\"id\":\"P2\",\"text\":\"Phí : 0 Đồng Do tỉnh thu\"}")
        let content = try CatalogueReader.read(line: Array(row.utf8)[...]).content
        #expect(content.feeLines.map(\.amount) == [.open])
        #expect(content.feeLines[0].channels == [.direct, .online])
        #expect(content.doubts.map(\.field) == ["fee_lines[0]"])
    }

    static let row =
        #"{"source_id":7,"name":"Tên","field":"Hộ tịch","agencies_raw":"Sở Y tế","#
        + #""applicants_raw":"Công dân Việt Nam","result_raw":"Giấy","methods_raw":[{"hinh_thuc":"#
        + #""Trực tiếp","thoi_han":"15 Ngày","lien_ket_phi":["P1"]}],"phi_raw":[{"id":"P1","text":"#
        + #""Phí : 5.000 Đồng"}],"le_phi_raw":[],"components_raw":[{"ten_giay_to":"Đơn", "bieu_mau": "","#
        + #""so_luong":"Bản chính: 1\nBản sao: 0"}],"legal_basis_raw":["60/2014/QH13"]}"#
}
