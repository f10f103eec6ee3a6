public import SchemaCore

/// What one manifest says, piece by piece: objects, and what can only be judged beside the others.
public enum ManifestItem<Object: CatalogObject>: Sendable {
    /// An object.
    case object(Object)
    /// A `renamedFrom`.
    case rename(RequestedRename)
    /// Columns that a table or view must have.
    case columns(ColumnMention)
    /// A foreign key's other end.
    case reference(ForeignKeyMention)
}
