// Owns the shapes that several kinds of SQLite's manifests share.

internal import Manifest
internal import Planning
internal import SchemaCore

/// The order of a key's column.
enum KeyOrder: String, CaseIterable, Sendable { case asc, desc }

/// What orders and compares the values of a key.
struct KeyOrderFields: Sendable {
    private let collation: Field<String?>
    private let order: Field<KeyOrder>

    init(_ fields: ObjectFields) {
        collation = fields.optional(
            "collation", .plainName, "The collation, if it is not the column's own.")
        order = fields.optional("order", .enumeration(), default: .asc, "The order.")
    }

    func read(_ values: ObjectValues) -> (collation: String?, isDescending: Bool) {
        (values[collation]?.asciiUppercased, values[order] == .desc)
    }
}

extension ObjectFields {
    /// What happens to a row that breaks a constraint.
    func onConflict() -> Field<ConflictClause> {
        optional(
            "onConflict", .enumeration(), default: .abort,
            "What happens to a statement one of whose rows breaks it.")
    }
}

extension ComparableSQL {
    /// Takes what an author wrote about the columns of one table.
    init(_ written: VerbatimSQL, columns: [String]) {
        let names = Dictionary(columns.map { ($0.asciiFolded, $0) }, uniquingKeysWith: { $1 })
        guard let tokens = try? Tokenizer.tokens(of: written.text) else {
            self.init(written)
            return
        }
        self.init(
            written: written.withoutTail(tokens),
            canonical: CanonicalText.of(tokens, in: .table(names)))
    }
}
