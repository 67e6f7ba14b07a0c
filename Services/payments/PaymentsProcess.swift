import ArgumentParser
import Foundation
import Identity
import Operations
import Payments

@main
struct PaymentsProcess: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "motcua-payments",
        abstract:
            "Tariffs, bills, VietQR references, bank entries and the ledger. Callers come through the gateway."
    )

    @OptionGroup var options: ServiceOptions

    @Option(
        help: ArgumentHelp(
            "The file that names the receiving account; DATA/receiving-account.json when left out.",
            discussion:
                #"{"bank_bin": "970436", "account": "0011001234567", "reference_prefix": "DVC"}"#))
    var receivingAccount: String?

    private struct ReceivingAccount: Decodable {
        var bank_bin: String
        var account: String
        var reference_prefix: String
    }

    func run() async throws {
        try await ServiceProcess(name: "payments", options: options).run { surroundings in
            let host = try await PaymentsHost.open(
                directory: surroundings.directory, configuration: try configuration(),
                clock: surroundings.clock, logger: surroundings.logger)
            return .init(
                services: host.services, store: host.store, interceptors: [surroundings.admission],
                close: { await host.close() })
        }
    }

    private func configuration() throws -> PaymentsConfiguration {
        let path = receivingAccount ?? options.data + "/receiving-account.json"
        guard let data = FileManager.default.contents(atPath: path),
            let account = try? JSONDecoder().decode(ReceivingAccount.self, from: data)
        else {
            throw ValidationError(
                "\(path) must name bank_bin, account and reference_prefix; see --help.")
        }
        var configuration = PaymentsConfiguration(
            bankBIN: account.bank_bin, accountNumber: account.account)
        configuration.referencePrefix = account.reference_prefix
        return configuration
    }
}
