public import SchemaCore

/// The live catalog after the identity changes that come first.
public struct Settlement<Object: CatalogObject>: Sendable, Codable {
    /// A column whose type or collation changes in place.
    public struct Retype: Hashable, Codable, Sendable {
        /// Its address after the renames.
        public var column: ObjectID
        /// Whether there is no implicit or assignment cast, so that the statement has to name
        /// one: `USING column::type`.
        public var needsCast: Bool
        /// Whether the scratch server wrote the table's storage anew.
        public var rewrites: Bool
        /// The type before.
        public var from: TypeForm
        /// The type afterwards.
        public var to: TypeForm

        /// Makes the value.
        public init(
            column: ObjectID, needsCast: Bool, rewrites: Bool, from: TypeForm, to: TypeForm
        ) {
            self.column = column
            self.needsCast = needsCast
            self.rewrites = rewrites
            self.from = from
            self.to = to
        }
    }
    /// The renames, each with addresses as they are when its turn comes, in order; implied ones
    /// (a constraint that only differs by name, the sequence of a renamed column) among them.
    public var renames: [Rename]
    /// The live catalog as the server prints it once the renames and type changes are done.
    public var catalog: Catalog<Object>
    /// The columns of `catalog` that have their new type already.
    public var retyped: [Retype]
    /// Where live objects are that the renames moved.
    public var addresses: [ObjectID: ObjectID]
    /// What had to leave in order that a type could change: defaults that the server could not
    /// convert, views, generated columns; as they stood after the renames.
    public var removed: [Object]
    /// Those of `removed` that are used by name as they would be if they came back unchanged,
    /// beside the new types; without those that could not.
    public var remade: [Object]
    /// Live objects that the server prints in another way than the desired ones although it reads
    /// both as the same: they are as desired, and stay as they are.
    public var spellings: [Object]

    /// Makes the value.
    public init(
        renames: [Rename] = [], catalog: Catalog<Object>,
        addresses: [ObjectID: ObjectID] = [:], retyped: [Retype] = [], removed: [Object] = [],
        remade: [Object] = [], spellings: [Object] = []
    ) {
        self.spellings = spellings
        self.addresses = addresses
        self.renames = renames
        self.catalog = catalog
        self.retyped = retyped
        self.removed = removed
        self.remade = remade
    }
}
