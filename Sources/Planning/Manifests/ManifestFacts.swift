// Owns what the checks across documents know: what all manifests together declare.

public import SchemaCore

/// The tables and views of all manifests, and what is not known of them.
public struct ManifestFacts: Sendable {
    /// A table or view.
    public struct Relation: Sendable {
        /// The names of its columns, in order; nil where only a server can tell.
        public var columns: [String]?
        /// The columns that are unique together: keys and whole unique indexes; folded.
        public var keys: Set<Set<ByteText>> = []
        /// The columns of the primary key.
        public var primaryKey: [String]?

        /// Makes the value.
        public init(columns: [String]? = []) { self.columns = columns }
    }

    /// The tables and views by address.
    public var relations: [ObjectID: Relation] = [:]
    /// Tables and views whose manifests are broken: nothing is known of them.
    public var broken: Set<ObjectID> = []
    /// Whether a manifest is so broken that it could declare anything.
    public var hasUnknown = false
    /// A name so that two which the engine takes for one are equal.
    public let fold: @Sendable (String) -> String

    /// Knows nothing yet.
    public init(fold: @escaping @Sendable (String) -> String = { $0 }) { self.fold = fold }

    /// Takes a key that makes columns of a declared table unique together.
    ///
    /// - Parameter columns: nil for each expression: then the key says nothing of columns.
    public mutating func addKey(_ columns: [String?], of table: ObjectID) {
        let names = columns.compactMap { $0 }
        // An index does not say that its table is there.
        guard names.count == columns.count, relations[table] != nil else { return }
        let key = folded(names)
        relations[table]?.keys.insert(key)
    }

    /// Names as a set in which each stands once, however it is spelled.
    func folded(_ names: some Sequence<String>) -> Set<ByteText> {
        Set(names.map { ByteText(fold($0)) })
    }

    /// Whether a table makes these columns unique together.
    public func hasKey(_ columns: some Sequence<String>, of table: ObjectID) -> Bool {
        relations[table]?.keys.contains(folded(columns)) ?? false
    }

    /// The declared addresses beside one: of the same schema, where there are schemas.
    func siblings(of id: ObjectID) -> [ObjectID] {
        let above = id.path.dropLast()
        return relations.keys.filter { $0.path.dropLast() == above }.sorted()
    }
}
