import Manifest
import SchemaCore

/// One field of a manifest that is one clause.
struct ClauseField: Sendable {
    /// What the field holds.
    enum Form: Sendable {
        /// SQL as it stands in the statement.
        case sql
        /// A name by itself.
        case name
        /// A text.
        case literal
        /// Whether a word is there.
        case flag
        /// One of a few words.
        case word(Decoding<VerbatimSQL>)
    }

    let name: String
    let form: Form
    let isRequired: Bool
    let doc: String

    init(_ name: String, _ form: Form, isRequired: Bool = false, _ doc: String) {
        self.name = name
        self.form = form
        self.isRequired = isRequired
        self.doc = doc
    }

    var decoding: Decoding<VerbatimSQL> {
        switch form {
        case .sql: .sql
        case .name: Decoding<String>.plainName.map { VerbatimSQL($0) }
        case .literal: Decoding<String>.string.map { VerbatimSQL($0) }
        case .flag: Decoding<Bool>.boolean.map { VerbatimSQL($0 ? "true" : "false") }
        case .word(let decoding): decoding
        }
    }

    func exported(_ value: VerbatimSQL) -> YAMLValue {
        switch form {
        case .sql: .plain(value.text)
        case .name, .literal, .word: .text(value.text)
        case .flag: .boolean(value.text == "true")
        }
    }
}

/// The words that some fields choose from.
enum ClauseWord {
    enum Context: String, CaseIterable, Sendable { case assignment, implicit }
    enum Method: String, CaseIterable, Sendable { case binary, `inout` }
    enum Firing: String, CaseIterable, Sendable { case replica, always, never }
    enum AccessMethod: String, CaseIterable, Sendable { case table, index }
    enum Streaming: String, CaseIterable, Sendable { case on, parallel, off }

    static func form<Word>(_ type: Word.Type) -> ClauseField.Form
    where Word: RawRepresentable<String> & CaseIterable & Sendable {
        .word(Decoding<Word>.enumeration(type).map { VerbatimSQL($0.rawValue) })
    }
}

extension ClauseDefinition.Sort {
    /// The kind of its objects.
    var kind: ObjectKind { ObjectKind(rawValue: rawValue) }

    /// The word of its manifests.
    var manifestKind: String { rawValue.prefix(1).uppercased() + rawValue.dropFirst() }

    /// Whether it stands in a schema.
    var isInSchema: Bool {
        switch self {
        case .conversion, .textSearchConfiguration, .operatorFamily, .operatorClass, .shellType:
            true
        case .cast, .eventTrigger, .foreignDataWrapper, .foreignServer, .userMapping, .language,
            .transform, .accessMethod, .subscription:
            false
        }
    }

    /// What it is, for people.
    var doc: String {
        switch self {
        case .cast: "A cast from one type to another."
        case .conversion: "A conversion from one encoding to another."
        case .textSearchConfiguration:
            "A text search configuration: a parser, and the dictionaries of each sort of token."
        case .operatorFamily:
            "An operator family; one with the name of its only class needs no manifest."
        case .operatorClass: "An operator class for an index method."
        case .eventTrigger: "An event trigger, which reacts to statements that change the schema."
        case .foreignDataWrapper: "A foreign-data wrapper."
        case .foreignServer: "A foreign server."
        case .userMapping:
            "How a role goes by at a foreign server. Passwords have no place in it."
        case .language: "A procedural language that no extension brings."
        case .transform: "How values of a type pass into and out of a language."
        case .accessMethod: "An access method for tables or indexes."
        case .subscription:
            "A subscription; it is made disabled, without a slot, and without a password."
        case .shellType: "A type of which only the name is known yet."
        }
    }

    /// The fields that name it, behind its schema.
    var identity: [ClauseField] {
        let name = ClauseField("name", .name, isRequired: true, "Its name.")
        switch self {
        case .conversion, .textSearchConfiguration, .eventTrigger, .foreignDataWrapper,
            .foreignServer, .language, .accessMethod, .subscription, .shellType:
            return [name]
        case .operatorFamily, .operatorClass:
            return [
                name,
                ClauseField("method", .name, isRequired: true, "The index method: btree, gist."),
            ]
        case .cast:
            return [
                ClauseField("source", .sql, isRequired: true, "The type that is cast."),
                ClauseField("target", .sql, isRequired: true, "The type that comes of it."),
            ]
        case .transform:
            return [
                ClauseField("type", .sql, isRequired: true, "The type."),
                ClauseField("language", .name, isRequired: true, "The language."),
            ]
        case .userMapping:
            return [
                ClauseField("server", .name, isRequired: true, "The foreign server."),
                ClauseField(
                    "user", .name, isRequired: true, "The role, or public for all others."),
            ]
        }
    }

    /// The other fields, in the order of the manual.
    var fields: [ClauseField] {
        switch self {
        case .cast, .conversion, .language, .transform, .accessMethod: routineFields
        case .textSearchConfiguration:
            [ClauseField("parser", .sql, "The parser, if it is not the server's own.")]
        case .operatorFamily, .shellType, .userMapping: []
        case .operatorClass:
            [
                ClauseField("type", .sql, isRequired: true, "The type that is indexed."),
                ClauseField("default", .flag, "Whether it is chosen where none is named."),
                ClauseField(
                    "family", .sql, "The family, with its schema, if it has another name."),
                ClauseField("storage", .sql, "The type that the index stores, if it is another."),
            ]
        case .eventTrigger:
            [
                ClauseField(
                    "event", .name, isRequired: true,
                    "When it fires: ddl_command_start, ddl_command_end, sql_drop, table_rewrite, "
                        + "login."),
                ClauseField("function", .sql, isRequired: true, "The function, with its schema."),
                ClauseField(
                    "enabled", ClauseWord.form(ClauseWord.Firing.self),
                    "Where it fires if not as usual: replica, always, never."),
            ]
        case .foreignDataWrapper:
            [
                ClauseField("handler", .sql, "The function that reads foreign tables."),
                ClauseField("validator", .sql, "The function that looks at options."),
            ]
        case .foreignServer:
            [
                ClauseField("wrapper", .name, isRequired: true, "The foreign-data wrapper."),
                ClauseField("type", .literal, "Its type, as the wrapper understands it."),
                ClauseField("version", .literal, "Its version, as the wrapper understands it."),
            ]
        case .subscription:
            [
                ClauseField(
                    "connection", .literal, isRequired: true,
                    "How to reach the publisher, without a password: host=db dbname=app."),
                ClauseField(
                    "slot", .literal,
                    "The slot at the publisher, if it has not the subscription's name; or none."),
            ]
        }
    }

    private var routineFields: [ClauseField] {
        switch self {
        case .cast:
            [
                ClauseField(
                    "function", .sql, "The function that casts, with the types of its arguments."),
                ClauseField(
                    "method", ClauseWord.form(ClauseWord.Method.self),
                    "How it casts without a function: binary (nothing changes), inout (by text)."),
                ClauseField(
                    "context", ClauseWord.form(ClauseWord.Context.self),
                    "Where it is used unasked: assignment or implicit."),
            ]
        case .conversion:
            [
                ClauseField("from", .literal, isRequired: true, "The encoding that is read."),
                ClauseField("to", .literal, isRequired: true, "The encoding that is written."),
                ClauseField("function", .sql, isRequired: true, "The function that converts."),
                ClauseField("default", .flag, "Whether it is used for these two unasked."),
            ]
        case .language:
            [
                ClauseField("trusted", .flag, "Whether every role may write functions in it."),
                ClauseField(
                    "handler", .sql, isRequired: true, "The function that calls functions."),
                ClauseField("inline", .sql, "The function that runs DO."),
                ClauseField("validator", .sql, "The function that looks at bodies."),
            ]
        case .transform:
            [
                ClauseField("fromSQL", .sql, "The function into the language, with its arguments."),
                ClauseField("toSQL", .sql, "The function out of it, with its arguments."),
            ]
        case .accessMethod:
            [
                ClauseField(
                    "for", ClauseWord.form(ClauseWord.AccessMethod.self), isRequired: true,
                    "What it keeps: table or index."),
                ClauseField("handler", .sql, isRequired: true, "The function that gives it."),
            ]
        case .textSearchConfiguration, .operatorFamily, .operatorClass, .eventTrigger,
            .foreignDataWrapper, .foreignServer, .userMapping, .subscription, .shellType:
            []
        }
    }

    /// The field for what has names of its own, if there is one.
    var textsField: (name: String, doc: String)? {
        switch self {
        case .textSearchConfiguration:
            (
                "mappings",
                "The dictionaries of each sort of token, in order, with commas between them."
            )
        case .foreignDataWrapper, .foreignServer, .userMapping:
            ("options", "Options by name; never a password.")
        case .subscription: ("options", "What WITH says, by the server's own names.")
        case .cast, .conversion, .operatorFamily, .operatorClass, .eventTrigger, .language,
            .transform, .accessMethod, .shellType:
            nil
        }
    }

    /// The field for what it consists of, if there is one.
    var membersField: (name: String, doc: String)? {
        switch self {
        case .operatorFamily, .operatorClass:
            (
                "members",
                "Operators and functions as SQL writes them: OPERATOR 1 <(int, int), "
                    + "FUNCTION 1 (int, int) btint4cmp(int, int)."
            )
        case .eventTrigger: ("tags", "The commands that it reacts to; all if left out.")
        case .subscription: ("publications", "The publications.")
        case .cast, .conversion, .textSearchConfiguration, .foreignDataWrapper, .foreignServer,
            .userMapping, .language, .transform, .accessMethod, .shellType:
            nil
        }
    }

    /// Whether the members are names or texts, not SQL.
    var hasPlainMembers: Bool { self == .eventTrigger || self == .subscription }
}
