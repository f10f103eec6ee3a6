public import SchemaCore

/// What a scratch database has in common with its target, since the server's answers depend on
/// it; and so a part of every cache key.
public struct ScratchTraits: Hashable, Codable, Sendable {
    /// Who compares and orders text.
    public enum LocaleProvider: String, Codable, Sendable, CaseIterable {
        case libc, icu, builtin
    }

    /// An installed extension.
    public struct Extension: Hashable, Codable, Sendable, Comparable {
        /// Its name.
        public var name: String
        /// Its version, for example `1.6`.
        public var version: String
        /// The schema that holds its objects.
        public var schema: String

        /// Makes the value.
        public init(name: String, version: String, schema: String) {
            self.name = name
            self.version = version
            self.schema = schema
        }

        /// By name.
        public static func < (lhs: Extension, rhs: Extension) -> Bool { lhs.name < rhs.name }
    }

    /// `server_version_num`, for example 150020.
    public var versionNumber: Int
    /// The encoding's name, for example `UTF8`.
    public var encoding: String
    /// Who compares and orders text.
    public var provider: LocaleProvider
    /// `LC_COLLATE`.
    public var collate: String
    /// `LC_CTYPE`.
    public var ctype: String
    /// The locale of the ICU or builtin provider.
    public var locale: String?
    /// Tailoring of the ICU locale (PostgreSQL 16).
    public var icuRules: String?
    /// The installed extensions in the order of their names.
    public var extensions: [Extension]
    /// The tablespaces that were made on its server, in the order of their names; nil for none.
    public var tablespaces: [String]?

    /// Makes the value.
    public init(
        versionNumber: Int, encoding: String, provider: LocaleProvider, collate: String,
        ctype: String, locale: String? = nil, icuRules: String? = nil,
        extensions: [Extension] = [], tablespaces: [String]? = nil
    ) {
        self.tablespaces = tablespaces
        self.versionNumber = versionNumber
        self.encoding = encoding
        self.provider = provider
        self.collate = collate
        self.ctype = ctype
        self.locale = locale
        self.icuRules = icuRules
        self.extensions = extensions.sorted()
    }

    /// The major version, for example 15.
    public var majorVersion: Int { versionNumber / 10_000 }

    /// The digest of all of it.
    public var digest: Digest {
        do {
            return try CanonicalBytes.digest(self)
        } catch {
            preconditionFailure("traits could not be encoded: \(error)")
        }
    }
}
