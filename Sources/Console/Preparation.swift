import Glibc
import Identity
import Operations

/// What a system needs before its first start: directories, keys, and settings for whoever has chosen none.
enum Preparation {
    /// Makes what is missing and leaves the rest as it is.
    static func prepare(_ layout: Layout) throws {
        for process in ProcessName.allCases { try makeDirectories(layout.data(of: process)) }
        try Keys.makeIfMissing(layout)
        try DefaultPrincipals.writeIfMissing(layout)
        try TrialReceivingAccount.writeIfMissing(layout)
        try layout.writeRuntimePath()
    }
}

/// The key pair that signs officials' tokens, made once for a system.
enum Keys {
    static func makeIfMissing(_ layout: Layout) throws {
        let signer: AccessToken.Signer
        if let raw = try PrivateFile.read(layout.signingKeyFile) {
            signer = try AccessToken.Signer(rawKey: raw)
        } else {
            signer = AccessToken.Signer()
            try PrivateFile.write(signer.rawKey, to: layout.signingKeyFile)
        }
        try PrivateFile.write(signer.verifier.rawKey, to: layout.verifyingKeyFile)
    }
}

/// The principals of a system that nobody has configured: whoever runs it is its operator, and may stand in for a
/// portal and a bank. Officials always show a token.
enum DefaultPrincipals {
    static func writeIfMissing(_ layout: Layout) throws {
        guard try PrivateFile.read(layout.principalsFile) == nil else { return }
        let text = """
            [
              {"uid": \(geteuid()), "principal": "operator", "agency": "",
               "roles": ["ROLE_OPERATOR", "ROLE_PORTAL", "ROLE_BANK"]}
            ]

            """
        try PrivateFile.write(Array(text.utf8), to: layout.principalsFile)
    }
}

/// The receiving account of a system that nobody has configured: a made-up one, for trying things out. Real money
/// wants a real account in this file first.
enum TrialReceivingAccount {
    static func writeIfMissing(_ layout: Layout) throws {
        guard try PrivateFile.read(layout.receivingAccountFile) == nil else { return }
        let text = """
            {"bank_bin": "970436", "account": "0011009999999", "reference_prefix": "DVC"}

            """
        try PrivateFile.write(Array(text.utf8), to: layout.receivingAccountFile)
    }
}
