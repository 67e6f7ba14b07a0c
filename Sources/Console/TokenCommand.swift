import ArgumentParser
import Foundation
import Identity
import Messages
import Operations
import WorkingTime

struct TokenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token",
        abstract: "Issue a signed token for an official.",
        discussion: """
            motcua token --official nguyen.van.an --role official --role cashier --agency H26.001.00

            Signs with the system's key, which only whoever runs the system can read. Pass the token to other \
            commands with --token-file or MOTCUA_TOKEN, and in calls as the metadata `authorization: Bearer TOKEN`.
            """)

    @Option(help: "The system's data directory.")
    var data = GatewayOptions.dataDefault

    @Option(help: "Who the token is for.")
    var official: String

    @Option(help: "official, head, cashier, portal, bank or operator; may be repeated.")
    var role: [String]

    @Option(help: "The identifier code of the official's agency; empty for all.")
    var agency = ""

    @Option(help: "How long it holds.")
    var hours = 8

    @Option(help: "Write it to this file (mode 0600), not to the terminal.")
    var out: String?

    func validate() throws {
        guard !role.isEmpty else { throw ValidationError("Name at least one --role.") }
        guard hours > 0, Duration.seconds(hours * 3600) <= AccessToken.lifetimeMax else {
            throw ValidationError(
                "--hours must be 1 to \(AccessToken.lifetimeMax.components.seconds / 3600).")
        }
    }

    func run() throws {
        do {
            let token = try Self.issue(
                layout: Layout(data: data), official: official,
                roles: role.map {
                    try Principals.grantableRole(named: "ROLE_\($0.uppercased())")
                },
                agency: agency, lifetime: .seconds(hours * 3600))
            if let out {
                try PrivateFile.write(Array("\(token)\n".utf8), to: out)
            } else {
                printNow(token)
            }
        } catch let error as OperationsError {
            printError(error.message)
            throw ExitCode(1)
        } catch let error as IdentityError {
            printError(error.message)
            throw ExitCode(1)
        }
    }

    static func issue(
        layout: Layout, official: String, roles: [CommonV1.Role], agency: String, lifetime: Duration
    ) throws -> String {
        guard let key = try PrivateFile.read(layout.signingKeyFile) else {
            throw OperationsError(
                .notReady,
                "there is no signing key at \(layout.signingKeyFile); `motcua up` makes one")
        }
        let now = ProcessClock().now
        var claims = CommonV1.TokenClaims()
        claims.official = official
        claims.roles = roles
        claims.agency = agency
        claims.issueTime = .init(now)
        claims.expireTime = .init(now.advanced(by: lifetime))
        return try AccessToken.Signer(rawKey: key).issue(claims)
    }
}
