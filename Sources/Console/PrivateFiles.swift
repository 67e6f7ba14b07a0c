import Foundation
import Glibc
import Identity
import Operations

/// Files that only this user may read.
enum PrivateFile {
    /// Replaces the file as a whole.
    static func write(_ bytes: [UInt8], to path: String) throws(OperationsError) {
        let temporary = "\(path).\(getpid())"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw OperationsError.system("write \(temporary)", errno) }
        let written = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
        let isSynced = fsync(descriptor) == 0
        close(descriptor)
        guard written == bytes.count, isSynced, rename(temporary, path) == 0 else {
            throw OperationsError.system("write \(path)", errno)
        }
    }

    static func read(_ path: String) -> [UInt8]? {
        FileManager.default.contents(atPath: path).map { [UInt8]($0) }
    }
}

/// The key pair that signs officials' tokens, made once for a system.
enum Keys {
    static func makeIfMissing(_ layout: Layout) throws {
        let signer: AccessToken.Signer
        if let raw = PrivateFile.read(layout.signingKeyFile) {
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
        guard PrivateFile.read(layout.principalsFile) == nil else { return }
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
        guard PrivateFile.read(layout.receivingAccountFile) == nil else { return }
        let text = """
            {"bank_bin": "970436", "account": "0011009999999", "reference_prefix": "DVC"}

            """
        try PrivateFile.write(Array(text.utf8), to: layout.receivingAccountFile)
    }
}
