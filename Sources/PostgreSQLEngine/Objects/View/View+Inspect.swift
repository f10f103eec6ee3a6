import PostgreSQLClient
import SchemaCore

extension CatalogReader {
    /// Makes the objects of views.
    mutating func buildViews() {
        for relation in relations where relation.isView {
            let columns = relation.columns.map {
                ViewDefinition.Column(name: $0.name, type: names.type($0.type).name)
            }
            // The server ends every view's text with a semicolon of its own.
            let query =
                relation.query.hasSuffix(";") ? relation.query.dropLast() : relation.query[...]
            let slot = add(
                relation.id,
                .view(
                    ViewDefinition(
                        query: VerbatimSQL(String(query)), columns: columns,
                        options: relation.options)),
                at: (SystemCatalog.relation, relation.oid),
                dependencies: [.schema(relation.schema)])
            slots[CatalogAddress(SystemCatalog.rule, relation.rule)] = slot
            answer(for: relation, slot)
        }
    }
}
