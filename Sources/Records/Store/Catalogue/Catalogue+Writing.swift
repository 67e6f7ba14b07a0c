import GRDB
import WorkingTime

// Versions.
extension Catalogue {
    /// What an import would do with one line.
    enum Decision {
        /// It says what stands already.
        case unchanged
        case publish
        /// The line says that the procedure is retired.
        case retire
        case refuse(LineProblem)
    }

    /// - Parameter organisation: Whose agencies a line may name.
    func decision(
        on line: CatalogueLine, on day: CivilDate, in organisation: Organisation
    ) throws -> Decision {
        let decision = try decision(on: line, on: day)
        guard case .publish = decision else { return decision }
        if let unknown = line.content.unknownAgencies(in: organisation).first {
            let field = unknown.field.trimmingPrefix("procedure.")
            return .refuse(LineProblem(reason: "\(field): \(unknown.remedy)"))
        }
        // A retired line takes what is to come with it.
        if !line.isRetired, let next = try comingVersions(of: line.procedureID, after: day).first {
            // Published from today it would stand until that day and be forgotten then.
            return .refuse(
                LineProblem(
                    reason:
                        "source_id: version \(next.version) of \(line.procedureID) is published for "
                        + "\(next.day) already: import the line from that day on, or save and "
                        + "publish a draft for it"))
        }
        return decision
    }

    private func decision(on line: CatalogueLine, on day: CivilDate) throws -> Decision {
        if let code = line.content.nationalCode,
            let holder = try holder(ofCode: code, otherThan: line.procedureID)
        {
            return .refuse(LineProblem(reason: "code: \(code) is the code of \(holder) already"))
        }
        guard let current = try current(line.procedureID, on: day) else { return .publish }
        let isSame = current.procedure.content == line.content
        switch (current.log.status == .retired, line.isRetired) {
        case (false, false): return isSame ? .unchanged : .publish
        case (false, true): return isSame ? .retire : .publish
        case (true, true) where isSame: return .unchanged
        case (true, _):
            return .refuse(
                LineProblem(
                    reason:
                        "source_id: \(line.procedureID) is retired: save and publish a draft to "
                        + "open it again"))
        }
    }

    /// Publishes what a line says, from this day on; retires it when the line says so.
    func publish(_ line: CatalogueLine, by actor: String, at now: Instant) throws -> Procedure {
        let id = line.procedureID
        // A draft stays behind the newest version, so that versions are in the order of publishing.
        let draft = try draftVersion(of: id).flatMap { try kept(id, version: $0) }
        if let draft { try deleteDraft(of: id, version: draft.procedure.version) }
        let version = try draft?.procedure.version ?? (lastVersion(of: id) ?? 0) + 1
        let procedure = Procedure(id: id, version: version, content: line.content)
        try insertDraft(procedure, by: actor, at: now, revision: 1)
        try publish(
            procedure,
            VersionLog.Publication(
                effectiveDay: now.local(in: .vietnam).date, time: now, by: actor,
                change: line.content.process?.document?.change ?? "",
                reason: "Nhập từ tệp danh mục"))
        if let draft {
            let moved = Procedure(id: id, version: version + 1, content: draft.procedure.content)
            try insertDraft(
                moved, by: draft.log.savedBy, at: draft.log.saveTime,
                revision: draft.log.draftRevision)
        }
        return procedure
    }

    func lastVersion(of id: String) throws -> Int32? {
        try Int32.fetchOne(
            database.cachedStatement(
                sql: "SELECT max(version) FROM procedure_version WHERE procedure_id = ?"),
            arguments: [id])
    }

    /// The versions that come into force after a day, in that order.
    func comingVersions(
        of id: String, after day: CivilDate
    ) throws -> [(day: CivilDate, version: Int32)] {
        try Row.fetchAll(
            database.cachedStatement(
                sql: """
                    SELECT effective_day, max(version) FROM procedure_version
                    WHERE procedure_id = ? AND status = 2 AND effective_day > ?
                    GROUP BY effective_day ORDER BY effective_day
                    """), arguments: [id, day.daysSinceEpoch]
        ).map { (CivilDate(daysSinceEpoch: $0[0]), $0[1]) }
    }

    /// A published version whose day has not come.
    func scheduledVersion(of id: String) throws -> Int32? {
        try Int32.fetchOne(
            database.cachedStatement(
                sql: """
                    SELECT max(version) FROM procedure_version WHERE procedure_id = ? AND status = 2
                    """), arguments: [id])
    }

    func draftVersion(of id: String) throws -> Int32? {
        try Int32.fetchOne(
            database.cachedStatement(
                sql: "SELECT version FROM procedure_version WHERE procedure_id = ? AND status = 1"),
            arguments: [id])
    }

    func insertDraft(
        _ procedure: Procedure, by actor: String, at now: Instant, revision: Int
    ) throws {
        try database.cachedStatement(
            sql: """
                INSERT INTO procedure (procedure_id, latest_version) VALUES (?, ?)
                ON CONFLICT (procedure_id) DO UPDATE SET latest_version = excluded.latest_version
                """
        ).execute(arguments: [procedure.id, procedure.version])
        let content = procedure.content
        let document = content.process?.document
        try database.cachedStatement(
            sql: """
                INSERT INTO procedure_version (procedure_id, version, import_time, name, field,
                    result_name, agencies, applicants, legal_basis, sequence, manner, set_count,
                    receiving_agencies, requirements, national_code, field_code, authority_level,
                    service_level, offered_by, other_agencies_stop_clock, doubts, document_number,
                    document_issue, document_review_day, document_approver, document_change,
                    saved_by, draft_revision)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,
                    ?, ?, ?)
                """
        ).execute(arguments: [
            procedure.id, procedure.version, now.millisecondsSinceEpoch, content.name,
            content.field, content.resultName, try JSONText.encode(content.agencies),
            try JSONText.encode(content.applicants), try JSONText.encode(content.legalBasis),
            content.sequence, content.manner, content.setCount,
            try JSONText.encode(content.receivingAgencies), content.requirements,
            content.nationalCode, content.fieldCode, content.authorityLevel?.rawValue,
            content.serviceLevel?.rawValue, try JSONText.encode(content.offeredBy),
            content.otherAgenciesStopClock,
            try JSONText.encodePairs(content.doubts.map { ($0.field, $0.reason) }),
            document?.number, document?.issue, document?.reviewDate?.daysSinceEpoch,
            document?.approver, document?.change, actor, revision,
        ])
        try insertParts(procedure)
        if let process = content.process { try insert(process, of: procedure) }
    }

    func deleteDraft(of id: String, version: Int32) throws {
        // The version last: its parts refer to it.
        for table in [
            "procedure_limit", "procedure_fee_line", "procedure_component", "procedure_step",
            "procedure_stage", "procedure_version",
        ] {
            try database.cachedStatement(
                sql: "DELETE FROM \(table) WHERE procedure_id = ? AND version = ?"
            ).execute(arguments: [id, version])
        }
    }

    func publish(_ procedure: Procedure, _ publication: VersionLog.Publication) throws {
        try database.cachedStatement(
            sql: """
                UPDATE procedure_version SET status = 2, effective_day = ?, publish_time = ?,
                    published_by = ?, change = ?, reason = ?
                WHERE procedure_id = ? AND version = ?
                """
        ).execute(arguments: [
            publication.effectiveDay.daysSinceEpoch, publication.time.millisecondsSinceEpoch,
            publication.by, publication.change, publication.reason, procedure.id,
            procedure.version,
        ])
        let today = publication.time.local(in: .vietnam).date
        // Whichever version is in force, the procedure is found by its words: nothing is indexed
        // anew on the day on which one takes effect.
        var versions = try comingVersions(of: procedure.id, after: today).map(\.version)
        if let inForce = try versionInForce(of: procedure.id, on: today) {
            versions.insert(inForce, at: 0)
        }
        try index(
            try versions.map { try found(procedure.id, $0).content }, of: procedure.id)
    }

    /// Every published version: none is in force any more.
    func retire(_ id: String, _ retirement: VersionLog.Retirement) throws {
        try database.cachedStatement(
            sql: """
                UPDATE procedure_version SET status = 3, retire_time = ?, retired_by = ?,
                    retire_reason = ?
                WHERE procedure_id = ? AND status = 2
                """
        ).execute(arguments: [
            retirement.time.millisecondsSinceEpoch, retirement.by, retirement.reason, id,
        ])
    }

    private func index(_ contents: [ProcedureContent], of id: String) throws {
        func folded(_ text: (ProcedureContent) -> String) -> String {
            contents.map { Folding.fold(text($0)) }.joined(separator: " ")
        }
        let number = try Int64.fetchOne(
            database.cachedStatement(sql: "SELECT number FROM procedure WHERE procedure_id = ?"),
            arguments: [id])!
        try database.cachedStatement(sql: "DELETE FROM procedure_search WHERE rowid = ?")
            .execute(arguments: [number])
        try database.cachedStatement(
            sql: "INSERT INTO procedure_search (rowid, name, field, agencies) VALUES (?, ?, ?, ?)"
        ).execute(arguments: [
            number, folded(\.name), folded(\.field),
            folded { $0.agencies.joined(separator: " ") },
        ])
    }
}

// Parts.
extension Catalogue {
    private func insertParts(_ procedure: Procedure) throws {
        let content = procedure.content
        for (index, limit) in content.limits.enumerated() {
            try database.cachedStatement(
                sql: """
                    INSERT INTO procedure_limit (procedure_id, version, position, limit_id, channel,
                        unit, value, text)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                    """
            ).execute(arguments: [
                procedure.id, procedure.version, index + 1, limit.id, limit.channel.rawValue,
                limit.limit.unit.rawValue, limit.limit.unit.takesValue ? limit.limit.value : nil,
                limit.text,
            ])
        }
        for (index, line) in content.feeLines.enumerated() {
            let amount: Int64? =
                switch line.amount {
                case .open: nil
                case .dong(let dong): dong
                }
            try database.cachedStatement(
                sql: """
                    INSERT INTO procedure_fee_line (procedure_id, version, position, fee_line_id, kind,
                        amount_dong, per, note, channels)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """
            ).execute(arguments: [
                procedure.id, procedure.version, index + 1, line.id, line.kind.rawValue, amount,
                line.per, line.note, line.channels.map { String($0.rawValue) }.joined(),
            ])
        }
        for (index, component) in content.components.enumerated() {
            try database.cachedStatement(
                sql: """
                    INSERT INTO procedure_component (procedure_id, version, position, component_id,
                        name, originals, copies, form)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                    """
            ).execute(arguments: [
                procedure.id, procedure.version, index + 1, component.id, component.name,
                component.originals, component.copies, component.form,
            ])
        }
    }

    private func insert(_ process: InternalProcess, of procedure: Procedure) throws {
        for (index, stage) in process.stages.enumerated() {
            try database.cachedStatement(
                sql: """
                    INSERT INTO procedure_stage (procedure_id, version, position, name)
                    VALUES (?, ?, ?, ?)
                    """
            ).execute(arguments: [procedure.id, procedure.version, index + 1, stage.name])
            for step in stage.steps {
                try database.cachedStatement(
                    sql: """
                        INSERT INTO procedure_step (procedure_id, version, number, stage, name,
                            role, agency, budget_minutes)
                        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                        """
                ).execute(arguments: [
                    procedure.id, procedure.version, step.number, index + 1, step.name,
                    step.role.rawValue, step.agency, step.budgetMinutes,
                ])
            }
        }
    }
}
