// Owns where to connect to, as whom and how. Invariant: nothing printed from here, and no error
// made here, holds a password.

import CPostgreSQL
import Glibc

/// Where to connect to, read from a URL or a `key=value` string as libpq reads them.
///
/// What the text leaves out comes from the usual `PG…` environment variables, the service file
/// and `.pgpass`, by libpq itself.
public struct ConnectionSettings: Sendable, Hashable {
    /// libpq's parameters by keyword: those of the text and those set later.
    private var parameters: [String: String]
    /// Server settings that apply from the first statement on.
    private var startup: [String: String] = [:]

    /// How long a server may take to react to a request to cancel before the connection is given
    /// up: some work cannot be interrupted, and a server that hangs never reacts.
    public var cancelPatience = Duration.seconds(10)

    /// Seconds until an attempt to connect to one host is given up; from 1 to 3600, by default 10.
    public var connectTimeout: Int {
        get { min(max(parameters["connect_timeout"].flatMap { Int($0) } ?? 10, 1), 3600) }
        set { parameters["connect_timeout"] = String(newValue) }
    }

    /// Settings for the local server of the environment and the defaults of libpq.
    public init() {
        parameters = [:]
    }

    /// Reads `postgresql://user@host:port/database?option=…` or `host=… dbname=…`.
    public init(_ text: String) throws(PostgreSQLError) {
        guard !text.utf8.contains(0) else {
            throw Self.malformed("it holds a zero byte")
        }
        var message: UnsafeMutablePointer<CChar>?
        guard let options = PQconninfoParse(text, &message) else {
            defer { PQfreemem(message) }
            throw Self.malformed(Self.withoutQuotes(onOneLine(message)))
        }
        defer { PQconninfoFree(options) }
        parameters = Self.values(options)
    }

    /// Whether the text holds a password.
    public var hasSecret: Bool { parameters.keys.contains(where: Self.secrets.contains) }

    private static let secrets: Set<String> = ["password", "sslpassword", "oauth_client_secret"]

    /// The parameters as `key=value` text in the order of their names, without passwords; nothing
    /// is added that nobody wrote.
    public var textWithoutSecrets: String {
        parameters.filter { !Self.secrets.contains($0.key) }.sorted { $0.key < $1.key }
            .map { "\($0.key)=\(Self.quoted($0.value))" }.joined(separator: " ")
    }

    private static func quoted(_ value: String) -> String {
        let isPlain =
            !value.isEmpty
            && !value.contains { $0.isWhitespace || $0 == "'" || $0 == "\\" }
        if isPlain { return value }
        let escaped = value.replacing("\\", with: "\\\\").replacing("'", with: "\\'")
        return "'\(escaped)'"
    }

    /// The database, if the text or an assignment names one.
    public var database: String? {
        get { parameters["dbname"] }
        set { parameters["dbname"] = newValue }
    }

    /// The role to connect as, if it is named.
    public var user: String? {
        get { parameters["user"] }
        set { parameters["user"] = newValue }
    }

    /// The password. Only set it from where it cannot be seen, or leave it to `.pgpass`.
    public var password: String? {
        get { parameters["password"] }
        set { parameters["password"] = newValue }
    }

    /// The host, or the folder of the Unix socket.
    public var host: String? {
        get { parameters["host"] }
        set { parameters["host"] = newValue }
    }

    /// The port.
    public var port: String? {
        get { parameters["port"] }
        set { parameters["port"] = newValue }
    }

    /// What `pg_stat_activity` shows; `lockstep` if nothing else is said.
    public var applicationName: String {
        get { parameters["application_name"] ?? "lockstep" }
        set { parameters["application_name"] = newValue }
    }

    /// The same place, another database.
    public func with(database: String) -> ConnectionSettings {
        var other = self
        other.database = database
        return other
    }

    /// Gives a server setting its value for the whole session, as `options=-c name=value` does.
    ///
    /// The server refuses the connection if it does not know the setting; poolers may refuse
    /// all but a few.
    public mutating func set(_ name: String, to value: String) {
        startup[name] = value
    }

    /// Whether a password stands in the text itself.
    public var holdsPassword: Bool { parameters["password"] != nil }

    /// All that libpq is given, sorted by keyword.
    var forLibpq: [(String, String)] {
        var all = parameters
        all["application_name"] = applicationName
        all["connect_timeout"] = String(connectTimeout)
        all["client_encoding"] = "UTF8"
        // A host that is gone is noticed within half a minute. While connecting, an address that
        // does not answer is left for the next one in time.
        for (name, value) in [
            ("keepalives", "1"), ("keepalives_idle", "15"), ("keepalives_interval", "5"),
            ("keepalives_count", "3"), ("tcp_user_timeout", String(connectTimeout * 1000)),
        ] where all[name] == nil {
            all[name] = value
        }
        if !startup.isEmpty {
            let given = all["options"] ?? getenv("PGOPTIONS").map { String(cString: $0) }
            let ours = startup.sorted { $0.key < $1.key }.map { name, value in
                "-c \(name)=\(Self.escaped(value))"
            }
            all["options"] = ([given].compactMap { $0 } + ours).joined(separator: " ")
        }
        return all.sorted { $0.key < $1.key }
    }

    /// Seconds for all hosts together.
    var wholeTimeout: Int {
        let hosts = (parameters["host"] ?? parameters["hostaddr"] ?? "").split(separator: ",")
        return connectTimeout * max(1, hosts.count)
    }

    /// Whether the text itself says when unacknowledged data means that the host is gone.
    var setsUserTimeout: Bool { parameters["tcp_user_timeout"] != nil }

    /// Takes passwords out of a message: those of the text and one that libpq found elsewhere.
    func redacted(_ message: String, _ found: String?) -> String {
        let secrets = [parameters["password"], parameters["sslpassword"], found]
        return secrets.compactMap { $0 }.filter { !$0.isEmpty }.sorted { $0.count > $1.count }
            .reduce(message) { $0.replacing($1, with: "***") }
    }

    /// Spaces part the options of the server's command line; a backslash keeps them together.
    private static func escaped(_ value: String) -> String {
        var text = ""
        for character in value.unicodeScalars {
            if character == "\\" || character.properties.isWhitespace { text += "\\" }
            text.unicodeScalars.append(character)
        }
        return text
    }

    /// libpq quotes pieces of a string that it cannot read, and a password may be in any of them.
    private static func withoutQuotes(_ message: String) -> String {
        guard let first = message.firstIndex(of: "\""), let last = message.lastIndex(of: "\"")
        else { return message }
        return message[..<first] + "…" + message[message.index(after: last)...]
    }

    private static func malformed(_ reason: String) -> PostgreSQLError {
        PostgreSQLError(
            kind: .configuration,
            message: "the connection string cannot be read: \(reason)",
            hint: "Write postgresql://user@host:port/database, with special characters in "
                + "percent-encoding, or host=… dbname=… with values in single quotes.")
    }

    private static func values(
        _ options: UnsafeMutablePointer<PQconninfoOption>
    ) -> [String: String] {
        var values: [String: String] = [:]
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val {
                values[String(cString: keyword)] = String(cString: value)
            }
            option += 1
        }
        return values
    }
}

extension ConnectionSettings: CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    /// `host:port/database as user`, with what the environment adds and never with a password.
    public var description: String {
        var known: [String: String] = [:]
        if let defaults = PQconndefaults() {
            known = Self.values(defaults)
            PQconninfoFree(defaults)
        }
        known.merge(parameters) { $1 }
        let user = known["user"] ?? "?"
        let host = known["host"] ?? known["hostaddr"] ?? "local socket"
        return "\(host):\(known["port"] ?? "5432")/\(known["dbname"] ?? user) as \(user)"
    }

    /// The description: a debugger's output ends in logs too.
    public var debugDescription: String { description }

    /// Shows only the description, so that `dump` and test failures reveal nothing.
    public var customMirror: Mirror { Mirror(self, children: ["description": description]) }
}
