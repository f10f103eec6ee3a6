import Manifest
import Planning
import SchemaCore

/// `kind: Function`.
struct FunctionSpec: Sendable {
    var schema: Spanned<String>?
    var name: Spanned<String>
    var definition: FunctionDefinition
    var comment: Spanned<String>?
    var access: AccessSpec
    var isBodyUnchecked: Bool

    typealias Argument = FunctionDefinition.Argument

    static let decoding = Decoding<FunctionSpec>.object("function") { fields in
        let schema = fields.schema()
        let name = fields.required("name", .name, "The function's name.")
        let comment = fields.comment()
        let access = AccessFields(fields, .routine)
        let arguments = fields.optional(
            "arguments", FunctionArguments.decoding, default: [],
            "The arguments by name in their order, or a list of types for those without names.")
        let returns = fields.optional(
            "returns", .sql,
            "The result as SQL writes it: integer, setof text, table (id bigint, name text).")
        let language = fields.optional(
            "language", .plainName, "The language; sql if there is a sqlBody.")
        let attributes = FunctionAttributes(fields)
        let checkBody = fields.optional(
            "checkBody", .boolean, default: true,
            """
            Whether a body in which its language finds an error is refused; if false, that is only \
            told.
            """)
        let body = FunctionBody(fields)
        return { values in
            let text = body.read(values)
            let attributes = attributes.read(values)
            var language = values[language]
            if language == nil, case .sql = text { language = "sql" }
            if language == nil {
                values.report(
                    .error(
                        "incomplete", "the function lacks \"language\"", at: values[name].span,
                        help: "add language: sql, language: plpgsql, …"))
            }
            guard let text, let language else { return nil }
            var definition = FunctionDefinition(
                arguments: values[arguments], returns: values[returns], language: language,
                body: text)
            attributes(&definition)
            return FunctionSpec(
                schema: values[schema], name: values[name], definition: definition,
                comment: values[comment], access: access.spec(values),
                isBodyUnchecked: !values[checkBody])
        }
    }

    /// - Parameter isProcedure: whether it is called, and returns nothing.
    func lower(
        _ builder: inout ManifestBuilder, _ context: inout DecodingContext, isProcedure: Bool
    ) {
        check(&context, isProcedure: isProcedure)
        let types = definition.arguments.filter { $0.mode.isInput }.map(\.type.text)
        let function = ObjectID.function(builder.schema, name.value, types)
        let id = isProcedure ? function.asProcedure : function
        builder.add(
            id, .function(definition), at: name.span, isBodyUnchecked: isBodyUnchecked)
        builder.comment(comment, on: id)
        builder.access(access, on: id)
    }

    private func check(_ context: inout DecodingContext, isProcedure: Bool) {
        let arguments = definition.arguments
        if isProcedure {
            if definition.returns != nil {
                context.report(
                    .error(
                        "contradiction", "a procedure returns nothing", at: name.span,
                        help: "remove returns, or make it a Function"))
            }
        } else if definition.returns == nil, !arguments.contains(where: { $0.mode.isOutput }) {
            context.report(
                .error(
                    "incomplete", "the function lacks \"returns\"", at: name.span,
                    help: "add returns: …, for example returns: void"))
        }
        // An argument that only comes in and one that only goes out may share a name.
        var inputs: Set<String> = []
        var outputs: Set<String> = []
        for argument in arguments {
            guard let name = argument.name else { continue }
            let isRepeated =
                argument.mode.isInput && !inputs.insert(name).inserted
                || argument.mode.isOutput && !outputs.insert(name).inserted
            guard isRepeated else { continue }
            context.report(
                .error(
                    "duplicate-name", "the argument \"\(name)\" stands twice",
                    at: argument.type.span, help: "remove or rename one of the two"))
        }
        var optional: Argument?
        for argument in arguments where argument.mode.isInput {
            if argument.default != nil {
                optional = optional ?? argument
            } else if let before = optional, argument.mode != .variadic {
                context.report(
                    .error(
                        "contradiction",
                        "an argument without a default stands behind one that has a default",
                        at: argument.type.span, help: "give it a default, or move it to the front",
                        notes: [.init("the default is here", at: before.default?.span)]))
                return
            }
        }
    }
}

extension FunctionDefinition.Argument.Mode {
    /// Whether a caller gives it: those arguments tell overloads apart.
    var isInput: Bool {
        switch self {
        case .in, .inout, .variadic: true
        case .out, .table: false
        }
    }

    /// Whether it is part of the result.
    var isOutput: Bool {
        switch self {
        case .out, .inout, .table: true
        case .in, .variadic: false
        }
    }
}

/// The arguments of a function: by name, or in a list.
enum FunctionArguments {
    enum Mode: String, CaseIterable, Sendable {
        case `in`, out, `inout`, variadic

        var mode: FunctionDefinition.Argument.Mode {
            switch self {
            case .in: .in
            case .out: .out
            case .inout: .inout
            case .variadic: .variadic
            }
        }
    }

    typealias Argument = FunctionDefinition.Argument

    private static let short = Decoding<VerbatimSQL>.sql.map { Argument(name: nil, type: $0) }

    private static let named = Decoding<Argument>.forms(
        scalar: short, mapping: long(withName: false)
    ).named("NamedArgument")

    private static let listed = Decoding<Argument>.forms(
        scalar: short, mapping: long(withName: true)
    ).named("Argument")

    private static func long(withName: Bool) -> Decoding<Argument> {
        .object("argument") { fields in
            let name =
                withName ? fields.optional("name", .plainName, "Its name, if it has one.") : nil
            let type = fields.required("type", .sql, "Its type.")
            let mode = fields.optional(
                "mode", .enumeration(Mode.self), default: .in, "Which way it goes.")
            let fallback = fields.optional("default", .sql, "Its default: an SQL expression.")
            return { values in
                Argument(
                    name: name.flatMap { values[$0] }, mode: values[mode].mode,
                    type: values[type], default: values[fallback])
            }
        }
    }

    /// Names and types of what a caller gives, types by one of their names. Text that is no list of
    /// arguments gives some other text; decoding tells what is wrong with it.
    static func identityText(_ node: YAMLNode) -> String {
        func text(_ name: String?, _ value: YAMLNode) -> String? {
            if value["mode"]?.text == Mode.out.rawValue { return nil }
            let type = (value["type"] ?? value).text ?? ""
            let name = name ?? value["name"]?.text
            return [name, VerbatimSQL(type).argumentType].compactMap { $0 }.joined(separator: " ")
        }
        let arguments: [String] =
            switch node.content {
            case .scalar(let text): [text]
            case .sequence(let items): items.compactMap { text(nil, $0) }
            case .mapping(let entries): entries.compactMap { text($0.key.text, $0.value) }
            }
        return arguments.isEmpty ? "" : "(\(arguments.joined(separator: ", ")))"
    }

    static let decoding = Decoding<[Argument]>.forms(
        list: .list(of: listed),
        mapping: Decoding<OrderedMapping<Argument>>.mapping(of: named).map { mapping in
            mapping.map { entry in
                var argument = entry.value
                argument.name = entry.name.value
                return argument
            }
        })
}

/// What a function does, in one of three forms.
struct FunctionBody: Sendable {
    struct Symbol: Sendable {
        var file: String
        var symbol: String

        static let decoding = Decoding<Symbol>.object("symbol") { fields in
            let file = fields.required("file", .string, "The object file.")
            let symbol = fields.required("symbol", .string, "The symbol in it.")
            return { Symbol(file: $0[file], symbol: $0[symbol]) }
        }
    }

    let body: Field<String?>
    let sqlBody: Field<VerbatimSQL?>
    let symbol: Field<Symbol?>

    init(_ fields: ObjectFields) {
        symbol = fields.optional(
            "symbol", Symbol.decoding, "For C functions, the object file and the symbol.")
        sqlBody = fields.optional(
            "sqlBody", .sql,
            "A body that the server parses when the function is made: RETURN … or BEGIN ATOMIC …")
        body = fields.optional(
            "body", .string, "The text that the language reads when the function runs.")
    }

    /// The one form that is given; reports if it is none or more than one.
    func read(_ values: ObjectValues) -> FunctionDefinition.Body? {
        var all: [FunctionDefinition.Body] = []
        if let body = values[body] { all.append(.source(body)) }
        if let body = values[sqlBody] { all.append(.sql(body)) }
        if let symbol = values[symbol] {
            all.append(.symbol(file: symbol.file, symbol: symbol.symbol))
        }
        if all.count == 1 { return all[0] }
        if all.isEmpty {
            values.report(
                .error(
                    "incomplete", "the function has no body", at: values.firstLine,
                    help: "add body: … or sqlBody: …"))
        } else {
            values.report(
                .error(
                    "contradiction", "the function has more than one body",
                    at: values.keySpan(sqlBody) ?? values.keySpan(symbol),
                    help: "keep one of body, sqlBody and symbol"))
        }
        return nil
    }
}

/// What a function promises, costs and sets.
struct FunctionAttributes: Sendable {
    let volatility: Field<FunctionDefinition.Volatility>
    let window: Field<Bool>
    let strict: Field<Bool>
    let leakproof: Field<Bool>
    let securityDefiner: Field<Bool>
    let parallel: Field<FunctionDefinition.Parallel>
    let cost: Field<String?>
    let rows: Field<String?>
    let support: Field<QualifiedName?>
    let settings: Field<OrderedMapping<Spanned<String>>>

    init(_ fields: ObjectFields) {
        volatility = fields.optional(
            "volatility", .enumeration(), default: .volatile, "What it promises of its results.")
        window = fields.optional(
            "window", .boolean, default: false, "Whether it is a window function, in C.")
        strict = fields.optional(
            "strict", .boolean, default: false, "Whether NULL gives NULL without a call.")
        leakproof = fields.optional(
            "leakproof", .boolean, default: false, "Whether it tells nothing of its arguments.")
        securityDefiner = fields.optional(
            "securityDefiner", .boolean, default: false,
            "Whether it runs with its owner's privileges.")
        parallel = fields.optional(
            "parallel", .enumeration(), default: .unsafe, "What it promises of parallel plans.")
        cost = fields.optional("cost", .estimate, "The estimated cost of a call.")
        rows = fields.optional("rows", .estimate, "The estimated number of rows.")
        support = fields.optional("support", .qualifiedName, "The planner support function.")
        settings = fields.optional(
            "settings", .texts, default: .init(), "Settings while it runs, by name.")
    }

    /// Reads the values; the closure puts them in.
    func read(_ values: ObjectValues) -> (inout FunctionDefinition) -> Void {
        let volatility = values[volatility]
        let parallel = values[parallel]
        let flags = (values[strict], values[leakproof], values[securityDefiner])
        let isWindow = values[window]
        let estimates = (values[cost], values[rows])
        let settings = values[settings].texts
        let support = values[support]
        return { definition in
            definition.volatility = volatility
            definition.parallel = parallel
            (definition.isStrict, definition.isLeakproof, definition.isSecurityDefiner) = flags
            (definition.cost, definition.rows) = estimates
            definition.settings = settings
            definition.support = support
            definition.sort = isWindow ? .window : nil
        }
    }
}

extension Decoding where Value == String {
    /// A number above zero as PostgreSQL prints estimates.
    fileprivate static var estimate: Decoding {
        let schema = JSONSchema([
            "type": ["number", "string"], "exclusiveMinimum": 0, "pattern": "^[0-9.]+$",
        ])
        return Decoding(schema: schema) { node, context in
            guard let text = node.text, let number = Double(text), number > 0, number.isFinite
            else {
                context.report(
                    .error(
                        "wrong-type", "expected a number above 0, found \(node.shown)",
                        at: node.span, help: "write a number, for example 100"))
                return nil
            }
            return text
        }
    }
}
