import Messages
import WorkingTime

extension RecordsV1.Procedure {
    init(_ procedure: Procedure, log: VersionLog? = nil) {
        let content = procedure.content
        self.init()
        procedureID = procedure.id
        version = procedure.version
        name = content.name
        field = content.field
        agencies = content.agencies
        applicants = content.applicants
        resultName = content.resultName
        limits = content.limits.map(\.message)
        feeLines = content.feeLines.map(\.message)
        components = content.components.map { component in
            var message = RecordsV1.RequiredComponent()
            message.componentID = component.id
            message.name = component.name
            message.originals = Int32(component.originals)
            message.copies = Int32(component.copies)
            message.form = component.form
            return message
        }
        legalBasis = content.legalBasis
        sequence = content.sequence
        manner = content.manner
        setCount = Int32(content.setCount ?? 0)
        receivingAgencies = content.receivingAgencies
        requirements = content.requirements
        nationalCode = content.nationalCode ?? ""
        fieldCode = content.fieldCode ?? ""
        authorityLevel = .init(content.authorityLevel)
        serviceLevel = .init(content.serviceLevel)
        offeredBy = content.offeredBy
        otherAgenciesStopClock = content.otherAgenciesStopClock
        process = content.process.map(RecordsV1.InternalProcess.init)
        doubts = content.doubts.map { doubt in
            var message = RecordsV1.Doubt()
            message.field = doubt.field
            message.reason = doubt.reason
            return message
        }
        missingParts = content.missingParts.map(\.rawValue)
        self.log = log.map(RecordsV1.VersionLog.init)
    }

    init(_ kept: KeptVersion) { self.init(kept.procedure, log: kept.log) }
}

extension RecordsV1.AuthorityLevel {
    /// The raw values are the numbers of the `.proto`.
    init(_ level: AuthorityLevel?) { self.init(rawValue: Int32(level?.rawValue ?? 0)) }
}

extension RecordsV1.ServiceLevel {
    init(_ level: ServiceLevel?) { self.init(rawValue: Int32(level?.rawValue ?? 0)) }
}

extension RecordsV1.InternalProcess {
    init(_ process: InternalProcess) {
        self.init()
        stages = process.stages.map { stage in
            var message = RecordsV1.ProcessStage()
            message.name = stage.name
            message.steps = stage.steps.map(RecordsV1.ProcessStep.init)
            return message
        }
        document = process.document.map(RecordsV1.DocumentControl.init)
    }
}

extension RecordsV1.ProcessStep {
    fileprivate init(_ step: ProcessStep) {
        self.init()
        number = Int32(step.number)
        name = step.name
        role = .init(rawValue: Int32(step.role.rawValue))
        agency = step.agency
        budgetMinutes = Int32(step.budgetMinutes)
    }
}

extension RecordsV1.DocumentControl {
    init(_ document: DocumentControl) {
        self.init()
        number = document.number
        issue = Int32(document.issue)
        reviewDate = document.reviewDate?.description ?? ""
        approver = document.approver
        change = document.change
    }
}

extension RecordsV1.VersionLog {
    init(_ log: VersionLog) {
        self.init()
        status = .init(rawValue: Int32(log.status.rawValue))
        saveTime = .init(log.saveTime)
        savedBy = log.savedBy
        draftRevision = Int32(log.draftRevision)
        if let publication = log.publication {
            effectiveDay = publication.effectiveDay.description
            publishTime = .init(publication.time)
            publishedBy = publication.by
            change = publication.change
            reason = publication.reason
        }
        if let retirement = log.retirement {
            retireTime = .init(retirement.time)
            retiredBy = retirement.by
            retireReason = retirement.reason
        }
    }
}

extension RecordsV1.VersionSummary {
    init(_ version: LoggedVersion) {
        self.init()
        procedureID = version.id
        self.version = version.version
        name = version.name
        inForce = version.isInForce
        log = .init(version.log)
        document = version.document.map(RecordsV1.DocumentControl.init)
    }
}

extension RecordsV1.RejectedLine {
    init(line: Int, _ problem: LineProblem) {
        self.init()
        self.line = Int32(line)
        reason = problem.reason
        field = problem.field
    }

    init(_ refused: CatalogueReader.Refused) {
        self.init(line: refused.line, refused.problem)
    }
}

extension RecordsV1.DoubtfulLine {
    init(line: Int, _ doubt: Doubt) {
        self.init()
        self.line = Int32(line)
        field = doubt.field
        reason = doubt.reason
    }
}
