// Owns what is built at once in a scratch database.

import SchemaCore

/// One piece of a build: it succeeds or fails as a whole.
struct ScratchUnit: Sendable {
    /// What it makes, the main object first.
    var objects: [PostgreSQLObject]
    /// What has to be run, in order.
    var statements: [RenderedSQL]
    /// In which schemas its names are looked up.
    var searchPath: [String]
    /// When it is tried, against others.
    var rank: Rank
    /// What to try in its place if it fails.
    var fallback: Fallback = .none
    /// Whether it is only there for others: neither reported nor part of the result.
    var isEnvironment = false

    /// When a unit is tried.
    enum Rank: Int, Comparable, Sendable {
        case schema, `extension`, `enum`, type, typeCheck, sequence, table, function,
            generatedTable, `operator`, operatorClass
        case columnDefault, key, check, index, foreignKey, view, trigger, textSearch, textSearchUse,
            ownership, comment

        static func < (lhs: Rank, rhs: Rank) -> Bool { lhs.rawValue < rhs.rawValue }
    }

    /// How a table is taken apart.
    enum Fallback: Sendable {
        /// There is nothing smaller.
        case none
        /// The table with its columns, then each default and constraint by itself: at once.
        case now(@Sendable () -> [ScratchUnit])
        /// The bare table, then each column by itself: when nothing else moves.
        case last(@Sendable () -> [ScratchUnit])
        /// The view without columns, then with its query: where even that does not help.
        case cycle(@Sendable () -> [ScratchUnit])
    }

    /// What diagnostics speak of.
    var id: ObjectID { objects[0].id }
    /// Where it was declared.
    var span: SourceSpan? { objects[0].span }
}

extension PostgreSQLObject.Definition {
    /// When a unit for such an object alone is tried.
    var scratchRank: ScratchUnit.Rank {
        switch self {
        case .schema: .schema
        case .extension: .extension
        case .enum: .enum
        case .sequence: .sequence
        case .table: .table
        case .function: .function
        case .column: .generatedTable
        case .columnDefault: .columnDefault
        case .constraint(let constraint): constraint.scratchRank
        case .index: .index
        case .view: .view
        case .comment: .comment
        case .plain(let plain): plain.kind.scratchRank
        }
    }
}

extension ConstraintDefinition {
    /// When a unit for the constraint alone is tried.
    var scratchRank: ScratchUnit.Rank {
        switch rule {
        case .primaryKey, .unique: .key
        case .check, .exclusion: .check
        case .foreignKey: .foreignKey
        }
    }
}
