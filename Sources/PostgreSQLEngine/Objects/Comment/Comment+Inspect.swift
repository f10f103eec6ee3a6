import PostgreSQLClient
import SchemaCore

extension CatalogQuery {
    /// The comments on what may be an object of ours. What the server itself was made with has
    /// lower oids, but for the schema `public`.
    static let comments = """
        SELECT d.classoid, d.objoid, d.objsubid, d.description FROM pg_description d
        WHERE d.classoid IN ('pg_class'::regclass, 'pg_type'::regclass, 'pg_proc'::regclass,
            'pg_constraint'::regclass, 'pg_namespace'::regclass, 'pg_extension'::regclass,
            'pg_trigger'::regclass, 'pg_policy'::regclass, 'pg_rewrite'::regclass,
            'pg_statistic_ext'::regclass, 'pg_operator'::regclass, 'pg_collation'::regclass,
            'pg_ts_dict'::regclass, 'pg_ts_template'::regclass, 'pg_ts_parser'::regclass,
            'pg_cast'::regclass, 'pg_conversion'::regclass, 'pg_ts_config'::regclass,
            'pg_opclass'::regclass, 'pg_opfamily'::regclass, 'pg_event_trigger'::regclass,
            'pg_foreign_data_wrapper'::regclass, 'pg_foreign_server'::regclass,
            'pg_language'::regclass, 'pg_transform'::regclass, 'pg_am'::regclass,
            'pg_publication'::regclass)
            AND (d.objoid >= 16384 OR d.classoid = 'pg_namespace'::regclass)
        """
}

extension CatalogReader {
    /// Makes the objects of comments on what is in the catalog.
    mutating func buildComments(_ rows: Rows) throws(PostgreSQLError) {
        for row in rows {
            let address = CatalogAddress(row.oid(0), row.oid(1))
            let text = try row.text(3)
            if let number = columnNumber(row), let relation = relation(address) {
                guard let column = relation.column(number) else { continue }
                let id = ObjectID.column(relation.schema, relation.name, column.name)
                let isObject = !relation.isView && relation.owns(column)
                addComment(text, on: id, holder: isObject ? id : relation.id)
            } else if let number = columnNumber(row), let names = attributeNames[row.oid(1)] {
                guard let slot = slots[address], let name = names[number] else { continue }
                let type = objects[slot].id
                addComment(text, on: .column(type.path[0], type.name, name), holder: type)
            } else if let slot = slots[address] {
                let id = objects[slot].id
                if let hidden = hiddenCarrier(row, id) {
                    report(id, hidden)
                } else if let inner = innerCarrier(row, id) {
                    addComment(text, on: inner, holder: id)
                } else if !isGiven(text, id) {
                    addComment(text, on: id, holder: id)
                }
            }
        }
    }

    private func columnNumber(_ row: Row) -> Int? {
        let number = row.number(2)
        return row.oid(0) == SystemCatalog.relation && number > 0 ? number : nil
    }

    private func relation(_ address: CatalogAddress) -> Relation? {
        relationNumbers[address.oid].map { relations[$0] }
    }

    /// What a comment stands on if that is only a part of the object.
    private func hiddenCarrier(_ row: Row, _ id: ObjectID) -> String? {
        let oid = row.oid(1)
        switch row.oid(0) {
        case SystemCatalog.type:
            if arrayTypes.contains(oid) { return "comment on its array type" }
            return [.table, .view, .materializedView].contains(id.kind)
                ? "comment on its row type" : nil
        default: return nil
        }
    }

    /// What a comment stands on if that is a part of the object which has a name of its own: the
    /// index of a key, or the sequence of an identity.
    private func innerCarrier(_ row: Row, _ id: ObjectID) -> ObjectID? {
        guard row.oid(0) == SystemCatalog.relation else { return nil }
        if constraintsOfIndexes[row.oid(1)] != nil { return ObjectID(.keyIndex, id.path) }
        return identitySequences[row.oid(1)].map { .sequence($0.schema, $0.name) }
    }

    /// Whether nobody wrote the comment: the extension brings it, or the server the one on
    /// `public`, which `pg_dump` takes as given as well.
    private func isGiven(_ text: String, _ id: ObjectID) -> Bool {
        ownComments[id] == text || id == .schema("public") && text == "standard public schema"
    }

    private mutating func addComment(_ text: String, on subject: ObjectID, holder: ObjectID) {
        var dependencies: Set<ObjectID> = [holder]
        if holder.path.count > 1, holder.words?.isInSchema != false {
            dependencies.insert(.schema(holder.path[0]))
        }
        append(
            subject.comment, .comment(CommentDefinition(text: text)), dependencies: dependencies,
            position: 0, digest: nil)
    }
}
