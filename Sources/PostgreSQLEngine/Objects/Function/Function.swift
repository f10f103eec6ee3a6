public import SchemaCore

/// A function or procedure (no aggregate).
public struct FunctionDefinition: Hashable, Codable, Sendable {
    /// An argument.
    public struct Argument: Hashable, Codable, Sendable {
        /// Which way it goes.
        public enum Mode: String, Codable, Sendable, CaseIterable {
            case `in`, out, `inout`, variadic, table
        }
        /// Its name, if it has one.
        public var name: String?
        /// Which way it goes.
        public var mode: Mode
        /// Its type as the server prints it.
        public var type: VerbatimSQL
        /// Its default.
        public var `default`: VerbatimSQL?

        /// Makes the definition.
        public init(
            name: String?, mode: Mode = .in, type: VerbatimSQL, default: VerbatimSQL? = nil
        ) {
            self.name = name
            self.mode = mode
            self.type = type
            self.default = `default`
        }
    }
    /// What it promises of its results.
    public enum Volatility: String, Codable, Sendable, CaseIterable {
        case immutable, stable, volatile
    }
    /// What it promises of parallel plans.
    public enum Parallel: String, Codable, Sendable, CaseIterable {
        case safe, restricted, unsafe
    }
    /// What it does.
    public enum Body: Hashable, Codable, Sendable {
        /// A text that its language reads when it runs.
        case source(String)
        /// An SQL-standard body that the server has parsed: `RETURN …` or `BEGIN ATOMIC … END`.
        case sql(VerbatimSQL)
        /// A symbol in an object file: `AS 'file', 'symbol'`.
        case symbol(file: String, symbol: String)
    }

    /// The arguments in order, those of `RETURNS TABLE` too.
    public var arguments: [Argument]
    /// The result as written after `RETURNS`: `integer`, `SETOF app.t`, `TABLE(a integer)`.
    /// The server prints it always (`record` or the type where output arguments say it already),
    /// and so it stands in a canonical catalog; in a lowered manifest nil where only output
    /// arguments say it. `TABLE(…)` repeats the arguments of that mode, so those are not written
    /// among the arguments.
    public var returns: VerbatimSQL?
    /// The language.
    public var language: String
    /// What it does.
    public var body: Body
    /// What it promises of its results.
    public var volatility: Volatility
    /// Whether NULL arguments give NULL without a call.
    public var isStrict: Bool
    /// `LEAKPROOF`.
    public var isLeakproof: Bool
    /// `SECURITY DEFINER`.
    public var isSecurityDefiner: Bool
    /// What it promises of parallel plans.
    public var parallel: Parallel
    /// The estimated cost as the server prints it; nil for the language's default.
    public var cost: String?
    /// The estimated number of rows as the server prints it; nil for the default.
    public var rows: String?
    /// Settings while it runs, by name, as `proconfig` holds them.
    public var settings: [String: String]
    /// The planner support function.
    public var support: QualifiedName?
    /// Of what sort it is, if it is not as most are.
    public var sort: Sort?

    /// A sort of function that is called in another way.
    public enum Sort: String, Codable, Sendable {
        /// `WINDOW`, which only functions in C can be.
        case window
    }

    /// Makes the definition.
    public init(
        arguments: [Argument], returns: VerbatimSQL?, language: String, body: Body,
        volatility: Volatility = .volatile, isStrict: Bool = false, isLeakproof: Bool = false,
        isSecurityDefiner: Bool = false, parallel: Parallel = .unsafe, cost: String? = nil,
        rows: String? = nil, settings: [String: String] = [:], support: QualifiedName? = nil,
        sort: Sort? = nil
    ) {
        self.sort = sort
        self.arguments = arguments
        self.returns = returns
        self.language = language
        self.body = body
        self.volatility = volatility
        self.isStrict = isStrict
        self.isLeakproof = isLeakproof
        self.isSecurityDefiner = isSecurityDefiner
        self.parallel = parallel
        self.cost = cost
        self.rows = rows
        self.settings = settings
        self.support = support
    }
}
