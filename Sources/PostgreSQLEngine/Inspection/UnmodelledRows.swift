// Owns the way from the rows of `UnmodelledQuery` to findings.

import Planning
import PostgreSQLClient
import SchemaCore

extension CatalogReader {
    /// Takes what is not modelled.
    mutating func readUnmodelled(_ rows: Rows) throws(PostgreSQLError) {
        for row in rows {
            let path = try row.texts(1)
            let what = try row.text(2)
            let object = ObjectID(ObjectKind(rawValue: try row.text(0)), path)
            let address = CatalogAddress(row.oid(3), row.oid(4))
            if row.oid(4) == 0 || slots[address] != nil {
                report(object, what)
            } else {
                roots.append(AsideRoot(object: object, what: what, address: address))
            }
        }
    }
}
