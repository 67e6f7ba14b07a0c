import Messages

extension OperationsV1.MetricFamily {
    /// - Parameter name: With the prefix `motcua_` or, for what every process has, `process_`; in base
    ///   units, `_total` at the end of a counter's.
    package init(
        _ name: String, _ kind: Kind, _ help: String, _ samples: [OperationsV1.MetricSample]
    ) {
        self.init()
        self.name = name
        self.kind = kind
        self.help = help
        self.samples = samples
    }

    /// Of one sample without labels.
    package init(_ name: String, _ kind: Kind, _ help: String, _ value: Double) {
        self.init(name, kind, help, [OperationsV1.MetricSample([:], value)])
    }
}

extension OperationsV1.MetricSample {
    package init(_ labels: KeyValuePairs<String, String>, _ value: Double) {
        self.init(labels)
        self.value = value
    }

    package init(
        _ labels: KeyValuePairs<String, String>, _ histogram: OperationsV1.MetricHistogram
    ) {
        self.init(labels)
        self.histogram = histogram
    }

    private init(_ labels: KeyValuePairs<String, String>) {
        self.init()
        self.labels = labels.map { name, value in
            var label = Label()
            label.name = name
            label.value = value
            return label
        }
    }
}

extension OperationsV1.MetricsSnapshot {
    /// Puts the samples of another process beside ours, each with a label that names its process.
    package mutating func merge(_ other: [OperationsV1.MetricFamily], of process: String) {
        for var family in other {
            for index in family.samples.indices {
                var label = OperationsV1.MetricSample.Label()
                label.name = "process"
                label.value = process
                family.samples[index].labels.insert(label, at: 0)
            }
            if let known = families.firstIndex(where: { $0.name == family.name }) {
                families[known].samples += family.samples
            } else {
                families.append(family)
            }
        }
    }
}
