import Foundation

/// Writes a line to standard error.
func printError(_ line: String) {
    FileHandle.standardError.write(Data((line + "\n").utf8))
}

/// Writes a line to standard output at once, also into a pipe.
func printNow(_ line: String = "") {
    FileHandle.standardOutput.write(Data((line + "\n").utf8))
}
