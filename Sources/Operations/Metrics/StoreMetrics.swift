import Messages
import Storage

/// What a process's database does.
package enum StoreMetrics {
    package static let journalHeadName = "motcua_journal_head"

    static func families(of store: Store) -> [OperationsV1.MetricFamily] {
        let writes = store.writer.counts
        return [
            OperationsV1.MetricFamily(
                "motcua_storage_commits_total", .counter,
                "Transactions on disk; jobs divided by them is the size of a batch.",
                Double(writes.commits)),
            OperationsV1.MetricFamily(
                "motcua_storage_jobs_total", .counter, "Writes in those transactions.",
                Double(writes.jobs)),
            OperationsV1.MetricFamily(
                "motcua_storage_failed_commits_total", .counter,
                "Transactions that were lost, all of their writes refused.",
                Double(writes.failedCommits)),
            OperationsV1.MetricFamily(
                "motcua_storage_jobs_waiting", .gauge, "Writes in line for the next transaction.",
                Double(store.writer.jobsWaiting)),
            OperationsV1.MetricFamily(
                "motcua_storage_reads", .gauge, "Reads that run or wait for a connection.",
                Double(store.readsUnderWay)),
            OperationsV1.MetricFamily(
                journalHeadName, .gauge, "The sequence of the journal's last event.",
                Double(store.journal.head)),
        ]
    }
}
