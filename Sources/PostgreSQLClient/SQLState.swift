// Owns the names of the error codes that the product decides by (manual, appendix A).

/// A five-character error code of the server.
public struct SQLState: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// The code.
    public let rawValue: String

    /// Takes a code.
    public init(rawValue: String) { self.rawValue = rawValue }

    private init(_ code: String) { self.init(rawValue: code) }

    /// The first two characters: what sort of error it is.
    public var errorClass: String { String(rawValue.prefix(2)) }

    /// The code.
    public var description: String { rawValue }

    /// `0A000`
    public static let featureNotSupported = SQLState("0A000")
    /// `08006`
    public static let connectionFailure = SQLState("08006")
    /// `21000`
    public static let cardinalityViolation = SQLState("21000")
    /// `22001`
    public static let stringDataRightTruncation = SQLState("22001")
    /// `22003`
    public static let numericValueOutOfRange = SQLState("22003")
    /// `22P02`
    public static let invalidTextRepresentation = SQLState("22P02")
    /// `23502`
    public static let notNullViolation = SQLState("23502")
    /// `23503`
    public static let foreignKeyViolation = SQLState("23503")
    /// `23505`
    public static let uniqueViolation = SQLState("23505")
    /// `23514`
    public static let checkViolation = SQLState("23514")
    /// `23P01`
    public static let exclusionViolation = SQLState("23P01")
    /// `25001`
    public static let activeTransaction = SQLState("25001")
    /// `25006`
    public static let readOnlyTransaction = SQLState("25006")
    /// `25P02`
    public static let inFailedTransaction = SQLState("25P02")
    /// `25P03`
    public static let idleInTransactionTimeout = SQLState("25P03")
    /// `28000`
    public static let invalidAuthorization = SQLState("28000")
    /// `28P01`
    public static let invalidPassword = SQLState("28P01")
    /// `2BP01`
    public static let dependentObjectsStillExist = SQLState("2BP01")
    /// `3D000`
    public static let invalidCatalogName = SQLState("3D000")
    /// `3F000`
    public static let invalidSchemaName = SQLState("3F000")
    /// `40001`
    public static let serializationFailure = SQLState("40001")
    /// `40P01`
    public static let deadlockDetected = SQLState("40P01")
    /// `42501`
    public static let insufficientPrivilege = SQLState("42501")
    /// `42601`
    public static let syntaxError = SQLState("42601")
    /// `42701`
    public static let duplicateColumn = SQLState("42701")
    /// `42703`
    public static let undefinedColumn = SQLState("42703")
    /// `42704`
    public static let undefinedObject = SQLState("42704")
    /// `42710`
    public static let duplicateObject = SQLState("42710")
    /// `42723`
    public static let duplicateFunction = SQLState("42723")
    /// `42725`
    public static let ambiguousFunction = SQLState("42725")
    /// `42804`
    public static let datatypeMismatch = SQLState("42804")
    /// `42830`
    public static let invalidForeignKey = SQLState("42830")
    /// `42846`
    public static let cannotCoerce = SQLState("42846")
    /// `42883`
    public static let undefinedFunction = SQLState("42883")
    /// `42P01`
    public static let undefinedTable = SQLState("42P01")
    /// `42P04`
    public static let duplicateDatabase = SQLState("42P04")
    /// `42P06`
    public static let duplicateSchema = SQLState("42P06")
    /// `42P07`: tables, indexes, views and sequences share one space of names.
    public static let duplicateTable = SQLState("42P07")
    /// `42P16`
    public static let invalidTableDefinition = SQLState("42P16")
    /// `42P17`
    public static let invalidObjectDefinition = SQLState("42P17")
    /// `53100`
    public static let diskFull = SQLState("53100")
    /// `53200`
    public static let outOfMemory = SQLState("53200")
    /// `53300`
    public static let tooManyConnections = SQLState("53300")
    /// `55000`
    public static let objectNotInPrerequisiteState = SQLState("55000")
    /// `55006`
    public static let objectInUse = SQLState("55006")
    /// `55P03`
    public static let lockNotAvailable = SQLState("55P03")
    /// `55P04`: a new label of an enum was used in the transaction that adds it.
    public static let unsafeNewEnumValueUsage = SQLState("55P04")
    /// `57014`: cancelled by a person, by `statement_timeout`, or by us.
    public static let queryCanceled = SQLState("57014")
    /// `57P01`
    public static let adminShutdown = SQLState("57P01")
    /// `57P02`
    public static let crashShutdown = SQLState("57P02")
    /// `57P03`
    public static let cannotConnectNow = SQLState("57P03")
    /// `57P05`
    public static let idleSessionTimeout = SQLState("57P05")
    /// `XX000`
    public static let internalError = SQLState("XX000")
}
