// Owns which file a text of the command line means, and what may be done to it. Invariant: no file
// is made unless the text or the caller asks for it in words.

/// Where a database is and how it is opened.
public struct SQLiteLocation: Hashable, Sendable {
    /// What may be done.
    public enum Mode: String, Hashable, Sendable, CaseIterable {
        /// It is only read.
        case readOnly = "ro"
        /// It is read and written; it has to be there.
        case readWrite = "rw"
        /// It is read and written, and made if it is not there.
        case create = "rwc"
    }

    /// The file's path, or `:memory:` for a database of one connection that is gone with it.
    public var path: String
    /// What may be done.
    public var mode: Mode

    /// Makes a location.
    public init(path: String, mode: Mode = .readWrite) {
        self.path = path
        self.mode = mode
    }

    /// A database in memory.
    public static let memory = SQLiteLocation(path: ":memory:", mode: .create)

    /// Whether it is in memory.
    public var isMemory: Bool { path == ":memory:" }

    /// Reads `sqlite:///absolute/path`, `sqlite:relative/path` or a plain path; a URL may end in
    /// `?mode=ro`, `?mode=rw` or `?mode=rwc`, and has its other letters percent-encoded.
    ///
    /// - Throws: `SQLiteError` of kind `usage` that says what is wrong.
    public init(_ text: String) throws(SQLiteError) {
        guard !text.isEmpty, !text.utf8.contains(0) else {
            throw SQLiteError(.usage, "the path of a database is empty or holds a zero byte")
        }
        guard text.hasPrefix("sqlite:") else {
            guard !text.hasPrefix("file:") else {
                throw SQLiteError(
                    .usage, "\(text): SQLite's own URIs are not read",
                    hint: "Write sqlite:///absolute/path, with ?mode=ro or ?mode=rwc if need be.")
            }
            self.init(path: text, mode: text == ":memory:" ? .create : .readWrite)
            return
        }
        let rest = text.dropFirst("sqlite:".count)
        let halves = rest.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        guard let path = Self.decoded(Self.withoutAuthority(halves[0])), !path.isEmpty,
            !path.utf8.contains(0)
        else {
            throw SQLiteError(
                .usage, "\(text) names no file",
                hint: "Write sqlite:///absolute/path or sqlite:relative/path.")
        }
        var mode = Mode.readWrite
        for item in halves.count > 1 ? halves[1].split(separator: "&") : [] {
            guard item.hasPrefix("mode="), let found = Mode(rawValue: String(item.dropFirst(5)))
            else {
                throw SQLiteError(
                    .usage, "\(text): \(item) is not known",
                    hint: "Known are mode=ro, mode=rw and mode=rwc.")
            }
            mode = found
        }
        self.init(path: path, mode: path == ":memory:" ? .create : mode)
    }

    /// The text that makes the file: `sqlite:a%20b.db?mode=rwc`.
    var creatingURL: String {
        let path = self.path.utf8.map { byte -> String in
            let isPlain =
                byte > 0x20 && byte < 0x7f && !"%?#\\\"'".utf8.contains(byte)
            if isPlain { return String(UnicodeScalar(byte)) }
            let digits = String(byte, radix: 16, uppercase: true)
            return "%" + (byte < 0x10 ? "0" : "") + digits
        }.joined()
        return "sqlite:\(path.hasPrefix("/") ? "//" : "")\(path)?mode=rwc"
    }

    /// `//` and an empty host or `localhost` before an absolute path go.
    private static func withoutAuthority(_ text: Substring) -> Substring {
        guard text.hasPrefix("//") else { return text }
        let rest = text.dropFirst(2)
        if rest.hasPrefix("/") { return rest }
        return rest.hasPrefix("localhost/") ? rest.dropFirst("localhost".count) : ""
    }

    private static func decoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(hexValue),
                let low = rest.popFirst().flatMap(hexValue)
            else { return nil }
            bytes.append(high << 4 | low)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func hexValue(_ byte: UInt8) -> UInt8? {
        Character(UnicodeScalar(byte)).hexDigitValue.map { UInt8($0) }
    }
}

extension SQLiteLocation: CustomStringConvertible {
    /// The path.
    public var description: String { path }

    /// The path as SQLite takes it for a plain one, whatever it begins with.
    var fileName: String { isMemory || path.hasPrefix("/") ? path : "./\(path)" }
}
