import WorkingTime

/// What a personal identification number says of its bearer (Circulars 07/2016 and 59/2021): its
/// fourth digit tells century and sex, the next two the year of birth.
struct PersonalNumber: Hashable, Sendable {
    let sex: Sex
    let birthYear: Int

    /// `nil` for any other number.
    init?(_ text: String) {
        let digits = text.utf8.map { Int($0) - 0x30 }
        guard digits.count == 12, digits.allSatisfy((0...9).contains) else { return nil }
        sex = digits[3].isMultiple(of: 2) ? .male : .female
        birthYear = Self.birthYear(of: digits)
    }

    static func birthYear(of digits: [Int]) -> Int {
        1900 + digits[3] / 2 * 100 + digits[4] * 10 + digits[5]
    }
}

extension Applicant {
    static let ageYearsMax = 130

    /// Sex and day of birth against the identity number beside them. Which of the two is wrong only
    /// the card tells, so the field is the one that the number contradicts.
    func birthAndSexViolations(on day: CivilDate) -> [FieldViolation] {
        let number = PersonalNumber(identityNumber)
        var violations: [FieldViolation] = []
        if let sex, let number, sex != number.sex {
            violations.append(
                FieldViolation(
                    "applicant.sex", .contradictory,
                    "compare with the card: the fourth digit of the identity number tells the other sex"
                ))
        }
        guard !birthDate.isEmpty else { return violations }
        let birth: CivilDate
        do throws(TextRejection) {
            birth = try CivilDate(parsing: birthDate)
        } catch {
            violations.append(
                FieldViolation(
                    "applicant.birth_date", error.code == .noSuchDate ? .noSuchDate : .malformed,
                    "write an existing day as 1999-12-31"))
            return violations
        }
        if birth > day || birth.year < day.year - Self.ageYearsMax {
            violations.append(
                FieldViolation(
                    "applicant.birth_date", .implausible,
                    "give a day that is not to come and not more than \(Self.ageYearsMax) years ago"
                ))
        } else if let number, birth.year != number.birthYear {
            violations.append(
                FieldViolation(
                    "applicant.birth_date", .contradictory,
                    "compare with the card: the identity number tells another year of birth"))
        }
        return violations
    }
}
