extension WorkCalendar {
    /// The working calendar of Vietnamese civil servants for 2025 and 2026.
    ///
    /// Sources: Labour Code 2019, articles 111 and 112; Resolution 28/2026/QH16 (24 November);
    /// 12729/VPCP-KGVX of 25 December 2025 (2 January 2026); the Prime Minister's yearly
    /// arrangements of Tết and of 2 September. Later years are loaded as data when announced.
    package static let vietnam2025To2026: WorkCalendar = {
        do throws(CalendarRejection) {
            return try WorkCalendar(parsing: vietnam2025To2026Text)
        } catch {
            preconditionFailure("the calendar that ships with the program: \(error)")
        }
    }()

    package static let vietnam2025To2026Text = """
        version vn-2025-2026
        effective 2025-01-01
        covers 2025 2026

        # Fixed dates, for years not covered
        yearly 01-01 Tết Dương lịch
        yearly 04-30 Ngày Chiến thắng
        yearly 05-01 Ngày Quốc tế Lao động
        yearly 09-02 Quốc khánh
        yearly 11-24 from 2026 Ngày Văn hóa Việt Nam

        2025-01-01 off Tết Dương lịch
        # From Saturday 25 January to Sunday 2 February
        2025-01-27 off Tết Nguyên Đán
        2025-01-28 off Tết Nguyên Đán
        2025-01-29 off Tết Nguyên Đán
        2025-01-30 off Tết Nguyên Đán
        2025-01-31 off Tết Nguyên Đán
        2025-04-07 off Giỗ Tổ Hùng Vương
        2025-04-26 work bù 02/05
        2025-04-30 off Ngày Chiến thắng
        2025-05-01 off Ngày Quốc tế Lao động
        2025-05-02 off Nghỉ hoán đổi với 26/04
        # From Saturday 30 August to Tuesday 2 September
        2025-09-01 off Quốc khánh
        2025-09-02 off Quốc khánh

        2026-01-01 off Tết Dương lịch
        2026-01-02 off Nghỉ hoán đổi với 10/01
        2026-01-10 work bù 02/01
        # From Saturday 14 to Sunday 22 February
        2026-02-16 off Tết Nguyên Đán
        2026-02-17 off Tết Nguyên Đán
        2026-02-18 off Tết Nguyên Đán
        2026-02-19 off Tết Nguyên Đán
        2026-02-20 off Tết Nguyên Đán
        # The tenth of the third lunar month is a Sunday
        2026-04-26 off Giỗ Tổ Hùng Vương
        2026-04-27 off Nghỉ bù Giỗ Tổ Hùng Vương
        2026-04-30 off Ngày Chiến thắng
        2026-05-01 off Ngày Quốc tế Lao động
        2026-08-22 work bù 31/08
        2026-08-31 off Nghỉ hoán đổi với 22/08
        2026-09-01 off Quốc khánh
        2026-09-02 off Quốc khánh
        2026-11-24 off Ngày Văn hóa Việt Nam
        """
}
