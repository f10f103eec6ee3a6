import SchemaCore

extension ParameterizedDefinition.Sort {
    /// The kind of its objects.
    var kind: ObjectKind { ObjectKind(rawValue: rawValue) }

    /// The word of its manifests.
    var manifestKind: String { rawValue.prefix(1).uppercased() + rawValue.dropFirst() }

    /// What it is, for people.
    var doc: String {
        switch self {
        case .aggregate: "An aggregate function."
        case .rangeType: "A range type, with its multirange type."
        case .baseType: "A type of its own, whose values have functions that read and write them."
        case .collation: "A collation."
        case .operator: "An operator."
        case .textSearchDictionary: "A text search dictionary."
        case .textSearchTemplate: "A text search template."
        case .textSearchParser: "A text search parser."
        }
    }

    /// The field for what the server prints in one piece; nil where there is nothing.
    var textField: (name: String, doc: String)? {
        switch self {
        case .aggregate: ("arguments", "Its arguments as SQL writes them, or \"*\" for rows.")
        case .textSearchDictionary:
            ("options", "The options as SQL writes them: stopwords = 'english'.")
        case .rangeType, .baseType, .collation, .operator, .textSearchTemplate, .textSearchParser:
            nil
        }
    }

    /// The parameters in the order of the manual, each with what it says.
    var parameters: [(name: String, doc: String)] {
        switch self {
        case .aggregate: Self.aggregateParameters
        case .rangeType:
            [
                ("subtype", "The type of its bounds."),
                ("subtype_opclass", "The operator class that orders them."),
                ("collation", "The collation that orders them."),
                ("canonical", "The function that gives equal ranges one form."),
                ("subtype_diff", "The function that gives the distance of two bounds."),
                ("multirange_type_name", "The name of the multirange type."),
            ]
        case .baseType: Self.baseTypeParameters
        case .collation:
            [
                ("provider", "Who compares: libc, icu or builtin."),
                ("locale", "The locale, as a literal."),
                ("lc_collate", "The locale for comparing, as a literal."),
                ("lc_ctype", "The locale for the classes of characters, as a literal."),
                ("deterministic", "Whether texts of other bytes are never equal; true."),
                ("rules", "Further rules of ICU, as a literal."),
            ]
        case .operator:
            [
                ("function", "The function that it calls."),
                ("leftarg", "The type of the left operand."),
                ("rightarg", "The type of the right operand."),
                ("commutator", "The operator with the operands changed over."),
                ("negator", "The operator that says the contrary."),
                ("restrict", "The function that estimates how many rows it keeps."),
                ("join", "The function that estimates how many pairs it keeps."),
                ("hashes", "Whether it can be used in a hash join: true."),
                ("merges", "Whether it can be used in a merge join: true."),
            ]
        case .textSearchDictionary: [("template", "The template.")]
        case .textSearchTemplate:
            [
                ("init", "The function that makes a dictionary."),
                ("lexize", "The one that uses it."),
            ]
        case .textSearchParser:
            [
                ("start", "The function that begins."), ("gettoken", "The one that goes on."),
                ("end", "The one that ends."), ("lextypes", "The one that tells the sorts."),
                ("headline", "The one that makes headlines."),
            ]
        }
    }

    private static let baseTypeParameters = [
        ("input", "The function that reads a value from text."),
        ("output", "The one that writes it as text."),
        ("receive", "The function that reads a value from the binary form."),
        ("send", "The one that writes it in that form."),
        ("typmod_in", "The function that reads a modifier, as varchar(20) has one."),
        ("typmod_out", "The one that writes it."),
        ("analyze", "The function that takes statistics of a column."),
        ("subscript", "The function that handles subscripts."),
        ("internallength", "How many bytes a value has; left out, that varies."),
        ("passedbyvalue", "Whether values are passed by value, not by reference: true."),
        ("alignment", "On what a value begins: char, int2, int4 or double; int4."),
        ("storage", "How long values are kept: plain, external, extended or main; plain."),
        ("category", "The category for choosing casts, as a literal; 'U'."),
        ("preferred", "Whether casts within the category prefer it: true."),
        ("default", "What a column of it holds if nothing is given, as a literal of text."),
        ("element", "The type of what a subscript gives."),
        ("delimiter", "What stands between values in an array, as a literal; ','."),
        ("collatable", "Whether values have a collation: true."),
    ]

    private static let aggregateParameters = [
        ("sfunc", "The function that takes a row in."), ("stype", "The type of its state."),
        ("sspace", "About how many bytes a state takes."),
        ("finalfunc", "The function that makes the result of the state."),
        ("finalfunc_extra", "Whether that one gets the arguments' types as well: true."),
        ("finalfunc_modify", "Whether that one changes the state."),
        ("combinefunc", "The function that puts two states together."),
        ("serialfunc", "The function that writes a state as bytes."),
        ("deserialfunc", "The function that reads it back."),
        ("initcond", "The first state, as a literal."),
        ("msfunc", "In a moving frame, the function that takes a row in."),
        ("minvfunc", "The one that takes it out again."),
        ("mstype", "The type of the state there."),
        ("msspace", "About how many bytes that one takes."),
        ("mfinalfunc", "The function that makes the result of it."),
        ("mfinalfunc_extra", "Whether that one gets the arguments' types as well: true."),
        ("mfinalfunc_modify", "Whether that one changes the state."),
        ("minitcond", "The first state there, as a literal."),
        ("sortop", "The operator whose first value is the result, as for min and max."),
        ("parallel", "Whether it may run in parallel workers."),
        ("hypothetical", "Whether it is a hypothetical-set aggregate: true."),
    ]
}
