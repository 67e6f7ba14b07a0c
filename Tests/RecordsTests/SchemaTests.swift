import GRDB
import Messages
import Storage
import Testing

@testable import Records

/// The schema keeps what happened, whatever the code does.
@Suite struct SchemaTests {
    @Test(arguments: [
        "DELETE FROM dossier_history",
        "UPDATE dossier_history SET note = 'x'",
        "DELETE FROM procedure_limit",
        "DELETE FROM procedure_fee_line",
        "DELETE FROM procedure_component",
        "DELETE FROM procedure_version",
        "UPDATE procedure_component SET copies = 9",
        "UPDATE procedure_version SET name = 'x'",
        "UPDATE procedure_version SET status = 1, effective_day = NULL, publish_time = NULL",
        "UPDATE procedure_version SET effective_day = effective_day - 1",
        "UPDATE procedure_version SET change = 'x'",
        "UPDATE procedure_version SET status = 3, retire_time = 1, name = 'x'",
        "UPDATE procedure_limit SET text = 'x'",
        """
        INSERT INTO procedure_component (procedure_id, version, position, component_id, name,
            originals, copies, form) VALUES ('1658', 1, 99, 'C99', 'x', 1, 0, '')
        """,
        "INSERT INTO procedure_stage VALUES ('1658', 1, 1, 'x')",
        """
        INSERT INTO procedure_version (procedure_id, version, import_time, name, field, result_name,
            agencies, applicants, legal_basis, status, effective_day, publish_time)
        VALUES ('1658', 2, 0, 'x', 'x', 'x', '["x"]', '["x"]', '[]', 2, 0, 0)
        """,
        "DELETE FROM dossier",
        "UPDATE dossier SET code = 'H26.001.00-260302-0009'",
        "UPDATE dossier SET code = NULL, accept_time = NULL, due_status = 0, due_time = NULL, state = 1",
        "UPDATE dossier SET accept_time = accept_time + 1",
        "UPDATE dossier SET submit_time = submit_time - 1",
        "UPDATE dossier SET limit_id = 'L2'",
        "UPDATE dossier SET fee_sequence = fee_sequence - 1",
        "UPDATE dossier SET fee_sequence = 0, fee_epoch = ''",
        "UPDATE look_up_key SET key = randomblob(32)",
        "DELETE FROM look_up_key",
        "UPDATE dossier SET state = 9, finish_time = 1, result_number = '1'",
        "UPDATE code_counter SET last = last - 1",
        "UPDATE code_counter SET last = last + 2",
        "DELETE FROM code_counter",
    ])
    func whatHappenedIsNotRewritten(sql: String) async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            let before = try await counter.accepted("1658")
            await #expect(throws: DatabaseError.self) {
                try await counter.host.store.writer.perform { try $0.execute(sql: sql) }
            }
            #expect(try await counter.get(before.dossierID) == before)
        }
    }

    /// Only moves that no other rule of the schema refuses: the columns fit every state.
    @Test(arguments: [false, true])
    func theSchemaAllowsTheMovesOfTheStatesAndNoOthers(isAccepted: Bool) async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            let dossier =
                isAccepted
                ? try await counter.accepted("1658") : try await counter.submitted("1658")
            let states = DossierState.allCases.filter { state in
                isAccepted
                    ? ![1, 3].contains(state.rawValue) : [1, 3, 5, 6, 7].contains(state.rawValue)
            }
            for from in states {
                for to in states where from != to {
                    let isTaken = try await counter.moves(dossier, from: from, to: to)
                    let isAllowed = from.moves(isAccepted: isAccepted).contains(to)
                    #expect(isTaken == isAllowed, "\(from) \(to)")
                }
            }
        }
    }
}

extension Counter {
    /// Whether the schema lets a row in one state become one in another. Changes nothing.
    fileprivate func moves(
        _ dossier: RecordsV1.Dossier, from: DossierState, to: DossierState
    ) async throws -> Bool {
        struct Undone: Error { var isTaken: Bool }
        do {
            try await host.store.writer.perform { database in
                let trigger = try String.fetchOne(
                    database,
                    sql: """
                        SELECT sql FROM sqlite_master
                        WHERE name = 'dossier_moves_as_the_states_allow'
                        """)!
                try database.execute(sql: "DROP TRIGGER dossier_moves_as_the_states_allow")
                try database.execute(
                    sql: """
                        UPDATE dossier SET state = ?, result_number = '1', finish_time = 1,
                            return_time = 1, result_document_id = 'd'
                        WHERE dossier_id = ?
                        """, arguments: [from.rawValue, dossier.dossierID])
                try database.execute(sql: trigger)
                do {
                    try database.execute(
                        sql: "UPDATE dossier SET state = ? WHERE dossier_id = ?",
                        arguments: [to.rawValue, dossier.dossierID])
                } catch is DatabaseError {
                    throw Undone(isTaken: false)
                }
                throw Undone(isTaken: true)
            }
        } catch let undone as Undone {
            return undone.isTaken
        }
        preconditionFailure("the change is always undone")
    }
}
