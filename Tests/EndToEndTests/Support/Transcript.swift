// Owns scripted sessions: a script of shell commands, run as a person would type them, and what
// they print, without what differs from run to run.

import Foundation
import PostgreSQLClient
import TestSupport

/// A session in `Corpus/sessions`: `NAME.script` and `NAME.golden`.
///
/// Each line of a script is a command of a shell; lines that begin with `> ` go on with the one
/// before; `#` begins a comment, which the golden repeats. `$DATABASE_URL` is an empty database,
/// `$DB` its name; the working folder is empty. A first line `# scratch: local` has scratch
/// databases come from where they come from by default; else they are made on the same server,
/// which is faster.
struct Transcript {
    let name: String
    let script: String

    private static let folder = "\(Program.root)/Tests/Corpus/sessions"

    /// All sessions, in order.
    static func all() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: Self.folder)
            .filter { $0.hasSuffix(".script") }.map { String($0.dropLast(7)) }.sorted()
    }

    init(_ name: String) throws {
        self.name = name
        script = try String(
            contentsOfFile: "\(Self.folder)/\(name).script", encoding: .utf8)
    }

    var goldenPath: String { "\(Self.folder)/\(name).golden" }

    /// Runs the session.
    func play(on database: TestDatabase) async throws -> String {
        try await Place.with(environment: [
            "DATABASE_URL": database.url, "DB": database.name,
            "SOCKET": database.server.socketDirectory,
        ]) { place in
            let outcome = try await Program.run(
                "/bin/bash", ["--norc", "-c", shellScript], in: place, isMerged: true)
            return normalised(outcome.output, place: place, database: database)
        }
    }

    private var commands: [String] {
        var commands: [String] = []
        for line in script.split(separator: "\n") {
            if line.hasPrefix("> "), let last = commands.indices.last {
                commands[last] += "\n" + line.dropFirst(2)
            } else {
                commands.append(String(line))
            }
        }
        return commands
    }

    private var shellScript: String {
        var lines: [String] = []
        if !script.hasPrefix("# scratch: local") {
            lines.append(
                """
                lockstep() { case $1 in
                  plan|apply|status) command lockstep "$@" --scratch sameServer ;;
                  *) command lockstep "$@" ;;
                esac; }
                """)
        }
        for command in commands {
            let shown =
                (command.hasPrefix("#") ? "" : "$ ")
                + command.replacing("\n", with: "\n> ")
            lines.append("printf '%s\\n' '\(shown.replacing("'", with: "'\\''"))'")
            if command.hasPrefix("#") { continue }
            lines.append(command)
            lines.append("s=$?; [ $s -eq 0 ] || echo \"[exit $s]\"")
        }
        return lines.joined(separator: "\n")
    }

    private func normalised(
        _ text: String, place: Place, database: TestDatabase
    ) -> String {
        var text = text
        let socket = database.server.socketDirectory
        let host = ProcessInfo.processInfo.hostName
        for (from, to) in [
            (place.folder.path, "DIR"), (Program.root, "PACKAGE"), (socket, "SOCKET"),
            (socket.replacing("/", with: "%2F"), "SOCKET"), (database.name, "DB"),
            ("\(NSUserName())@\(host)", "USER@HOST"),
        ] {
            text = text.replacing(from, with: to)
        }
        text.replace(/[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z/, with: "TIME")
        // A dot between letters is no end of a word to Unicode.
        text.replace(/\b[0-9a-f]{64}\b/.wordBoundaryKind(.simple), with: "DIGEST")
        text.replace(/\b[0-9a-f]{40}\b/.wordBoundaryKind(.simple), with: "COMMIT")
        text.replace(/\b[0-9a-f]{12}\b/.wordBoundaryKind(.simple), with: "DIGEST")
        text.replace(/\b[0-9]+(\.[0-9]+)? (ms|s|kB|MB)\b/) { match in "N \(match.output.2)" }
        text.replace(/process [0-9]+/, with: "process PID")
        return text
    }
}
