import Foundation

/// Reads the lists that a source prints as one text.
enum RawLists {
    /// Agencies joined by ", " although their names hold commas: a new one begins only with a word
    /// that agencies begin with.
    ///
    /// - Returns: The agencies, and the parts that were joined to the name before them although they
    ///   begin with a capital letter and are no known end of a name.
    static func agencies(in text: String) -> (agencies: [String], joined: [String]) {
        var agencies: [String] = []
        var joined: [String] = []
        for part in text.components(separatedBy: ", ") {
            let part = part.trimmingCharacters(in: .whitespaces)
            if part.isEmpty { continue }
            let isNew = beginnings.contains { beginning in
                let lower = part.lowercased()
                return lower.hasPrefix(beginning)
                    && lower.dropFirst(beginning.count).first?.isLetter != true
                    // "phường" and "ban" inside a list of a name are written small.
                    && part.first?.isUppercase == true
            }
            if isNew || agencies.isEmpty {
                agencies.append(part)
            } else {
                agencies[agencies.count - 1] += ", \(part)"
                if part.first?.isUppercase == true, !knownEnds.contains(where: part.hasPrefix) {
                    joined.append(part)
                }
            }
        }
        var seen: Set<String> = []
        agencies = agencies.map { $0.trimmingCharacters(in: CharacterSet(charactersIn: ". ")) }
            .filter { !$0.isEmpty && seen.insert($0).inserted }
        return (agencies, joined)
    }

    private static let beginnings = [
        "bộ", "sở", "ủy ban", "uỷ ban", "ubnd", "cục", "vụ", "chi cục", "tổng cục", "phòng",
        "văn phòng", "thanh tra", "công an", "cơ quan", "cơ sở", "các", "ngân hàng", "cảng vụ",
        "chính phủ", "thủ tướng", "thủ trưởng", "chủ tịch", "quốc hội", "hội đồng", "hội",
        "trung tâm",
        "trường", "bệnh viện", "trạm", "ban", "đại sứ quán", "tổng lãnh sự quán", "tòa án",
        "toà án",
        "viện", "kho bạc", "bảo hiểm xã hội", "bưu điện", "chi nhánh", "đơn vị", "đội", "hạt",
        "học viện", "khu", "đài", "tổng công ty", "đoàn", "liên đoàn", "kiểm toán", "quỹ",
        "bảo tàng",
        "thư viện", "nhà", "đại học", "tập đoàn", "doanh nghiệp", "tổ chức", "hải quan",
        "quân khu", "bộ chỉ huy", "bộ tư lệnh", "giám đốc",
    ]

    /// Ends of names of ministries and departments.
    private static let knownEnds = [
        "Thể thao", "Du lịch", "Dược cổ truyền", "Thương binh", "Khoa học và Công nghệ",
        "Trẻ em", "Gia đình",
    ]

    struct UnknownApplicant: Error {
        var text: String
    }

    /// Subjects joined by ", ", each of the closed list, two of which hold commas.
    static func applicants(in text: String) -> Result<[String], UnknownApplicant> {
        var found: [String] = []
        var rest = text.trimmingCharacters(in: CharacterSet(charactersIn: ". "))[...]
        while !rest.isEmpty {
            // The longest first: one begins as another does.
            let match = subjects.first { subject in
                guard rest.lowercased().hasPrefix(subject.lowercased()) else { return false }
                let after = rest.dropFirst(subject.count)
                return after.isEmpty || after.hasPrefix(",")
            }
            guard let match else { return .failure(UnknownApplicant(text: String(rest))) }
            if !found.contains(match) { found.append(match) }
            rest = rest.dropFirst(match.count).drop { $0 == "," || $0 == " " }
        }
        return found.isEmpty ? .failure(UnknownApplicant(text: text)) : .success(found)
    }

    private static let subjects = [
        "Công dân Việt Nam", "Người Việt Nam định cư ở nước ngoài", "Người nước ngoài",
        "Cán bộ, công chức, viên chức", "Doanh nghiệp", "Doanh nghiệp có vốn đầu tư nước ngoài",
        "Tổ chức (không bao gồm doanh nghiệp, HTX)", "Tổ chức nước ngoài", "Hợp tác xã",
    ].sorted { $0.count > $1.count }

    /// The name of a paper without the mark before it: "- ", "1) ", "a) ", "+ ".
    static func unmarked(_ name: String) -> String {
        var name = name
        while let space = name.firstIndex(of: " ") {
            let mark = name[..<space]
            let isMark =
                ["-", "+", "*", "•", "–"].contains(mark)
                || mark.count <= 3 && mark.hasSuffix(")")
                    && mark.dropLast().allSatisfy { $0.isLetter || $0.isNumber }
            guard isMark else { break }
            name = String(name[name.index(after: space)...])
        }
        return name
    }

    /// `Bản chính: 1` and `Bản sao: 0`; `nil` when both do not stand there.
    static func counts(in text: String) -> (originals: Int, copies: Int)? {
        let words = text.precomposedStringWithCanonicalMapping.lowercased()
            .split { $0.isWhitespace || ":,;".contains($0) }
        guard words.count == 6, words[0] == "bản", words[1] == "chính", words[3] == "bản",
            words[4] == "sao", let originals = Int(words[2]), let copies = Int(words[5]),
            (0...1000).contains(originals), (0...1000).contains(copies)
        else { return nil }
        return (originals, copies)
    }

    /// How many originals a paper's name asks for, as in "(01 bản chính)".
    static func originalsNamed(in name: String) -> Int? {
        let words = name.lowercased().split { $0.isWhitespace || "(),;:.".contains($0) }
        for index in words.indices.dropFirst(2)
        where words[index - 1] == "bản" && words[index] == "chính" {
            if let count = Int(words[index - 2]) { return count }
        }
        return nil
    }

    /// Whether a row among the papers is a note or a heading.
    static func isNote(_ name: String) -> Bool {
        if RawText.isPlaceholder(name) || name.hasSuffix(":") { return true }
        let text = name.lowercased()
        return [
            "trường hợp", "lưu ý", "ghi chú", "không quy định", "không có", "ngoài ra", "đối với",
            "người yêu cầu", "trong trường hợp", "khi ", "các giấy tờ ", "giấy tờ phải",
            "thành phần hồ sơ", "hồ sơ gồm", "hồ sơ bao gồm",
        ].contains(where: text.hasPrefix)
    }

    /// The number of a legal document without what stands before it, without spaces.
    static func documentNumber(in printed: String) -> String {
        let text = RawText.tidy(printed)
        guard let start = text.firstIndex(where: \.isNumber) else { return text }
        let kinds = [
            "", "luật", "luật số", "thông tư", "thông tư số", "nghị định", "nghị định số",
            "quyết định", "quyết định số", "nghị quyết", "nghị quyết số", "pháp lệnh",
            "pháp lệnh số", "số", "thông tư liên tịch", "thông tư liên tịch số", "bộ luật",
            "bộ luật số", "hiến pháp",
        ]
        let kind = text[..<start].lowercased()
            .trimmingCharacters(in: CharacterSet(charactersIn: ": "))
        guard kinds.contains(kind) else { return text }
        let number = text[start...].replacing(" ", with: "").replacing("_", with: "-")
        return number.trimmingCharacters(in: CharacterSet(charactersIn: ".;,"))
    }

    /// `60/2014/QH13`, `123/2015/NĐ-CP`, `9423/QĐ-BCT`, `66.7/2025/NQ-CP`.
    static func isDocumentNumber(_ text: String) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2 || parts.count == 3, let issuer = parts.last,
            issuer.first?.isUppercase == true,
            issuer.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "-" || $0 == "&" }),
            parts[0].first?.isNumber == true,
            parts[0].allSatisfy({ $0.isNumber || $0 == "." || $0.isLetter })
        else { return false }
        return parts.count == 2 || parts[1].count == 4 && parts[1].allSatisfy(\.isNumber)
    }

    /// Whether a circular comes from a ministry whose matters are others: the crawl is known to cite
    /// circulars of culture under civil status and banking.
    static func isUnrelated(_ number: String, to field: String) -> Bool {
        let folded = Folding.fold(field)
        return number.hasSuffix("/TT-BVHTTDL")
            && ![
                "van hoa", "the thao", "du lich", "di san", "thi dua", "gia dinh", "nghe thuat",
                "thu vien", "dien anh", "quang cao", "le hoi", "ban quyen", "tin nguong", "bao chi",
            ].contains(where: folded.contains)
    }
}
