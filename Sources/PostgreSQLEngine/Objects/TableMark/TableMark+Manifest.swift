import Manifest
import Planning
import SchemaCore

/// The marks in the manifest of a table.
struct TableMarkSpecs: Sendable {
    enum RowSecurity: String, CaseIterable, Sendable {
        case off, on, forced, forcedOnceOn

        init(_ definition: RowSecurityDefinition) {
            self =
                switch (definition.isOn, definition.isForced) {
                case (false, false): .off
                case (true, false): .on
                case (true, true): .forced
                case (false, true): .forcedOnceOn
                }
        }

        var definition: RowSecurityDefinition {
            RowSecurityDefinition(
                isOn: self == .on || self == .forced,
                isForced: self == .forced || self == .forcedOnceOn)
        }
    }
    enum Identity: String, CaseIterable, Sendable { case full, nothing }

    var rowSecurity: Spanned<RowSecurity>?
    var identity: Spanned<ReplicaIdentityDefinition.Identity>?
    var clustering: Spanned<String>?

    func lower(of table: ObjectID, _ builder: inout ManifestBuilder) {
        func add(_ kind: ObjectKind, _ definition: PlainDefinition, at span: SourceSpan) {
            builder.add(
                ObjectID(kind, table.path), .plain(definition), at: span, dependencies: [table])
        }
        if let rowSecurity, rowSecurity.value != .off {
            add(.rowSecurity, .rowSecurity(rowSecurity.value.definition), at: rowSecurity.span)
        }
        if let identity {
            add(
                .replicaIdentity, .replicaIdentity(.init(identity: identity.value)),
                at: identity.span)
        }
        if let clustering {
            add(.clustering, .clustering(.init(index: clustering.value)), at: clustering.span)
        }
    }
}

/// The fields for them.
struct TableMarkFields: Sendable {
    private let rowSecurity: Field<Spanned<TableMarkSpecs.RowSecurity>?>
    private let identity: Field<Spanned<ReplicaIdentityDefinition.Identity>?>
    private let clustering: Field<Spanned<String>?>

    init(_ fields: ObjectFields) {
        rowSecurity = fields.optional(
            "rowSecurity", Decoding<TableMarkSpecs.RowSecurity>.enumeration().spanned,
            """
            Whether policies rule it: off (the usual), on, forced (for its owner as well), or \
            forcedOnceOn (off, and forced as soon as it is on).
            """)
        identity = fields.optional(
            "replicaIdentity", Self.identity.spanned,
            "How replication knows a row, if not by the primary key: full, nothing, {index: …}.")
        clustering = fields.optional(
            "clusterOn", .name, "The index by which CLUSTER orders it.")
    }

    private static let identity = Decoding<ReplicaIdentityDefinition.Identity>.forms(
        scalar: Decoding<TableMarkSpecs.Identity>.enumeration().map {
            $0 == .full ? .full : .nothing
        },
        mapping: .object("replica identity") { fields in
            let index = fields.required("index", .plainName, "A unique index of the table.")
            return { .index($0[index]) }
        })

    func specs(_ values: ObjectValues) -> TableMarkSpecs {
        TableMarkSpecs(
            rowSecurity: values[rowSecurity], identity: values[identity],
            clustering: values[clustering])
    }
}

extension ExportSource {
    /// Adds the marks of a table.
    func addMarks(of table: ObjectID, to fields: inout ExportFields) {
        func mark(_ kind: ObjectKind) -> PlainDefinition? {
            guard case .plain(let plain)? = catalog[ObjectID(kind, table.path)]?.definition else {
                return nil
            }
            return plain
        }
        if case .rowSecurity(let security)? = mark(.rowSecurity) {
            fields.add("rowSecurity", .text(TableMarkSpecs.RowSecurity(security).rawValue))
        }
        if case .replicaIdentity(let identity)? = mark(.replicaIdentity) {
            switch identity.identity {
            case .full: fields.add("replicaIdentity", .text("full"))
            case .nothing: fields.add("replicaIdentity", .text("nothing"))
            case .index(let name):
                fields.add("replicaIdentity", .flowMapping([("index", .text(name))]))
            }
        }
        if case .clustering(let clustering)? = mark(.clustering) {
            fields.add("clusterOn", .text(clustering.index))
        }
    }
}
