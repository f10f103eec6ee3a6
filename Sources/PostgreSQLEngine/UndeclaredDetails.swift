// Owns what an object may have beyond what was declared of it. Invariant: texts are not compared,
// since the server writes them anew; counted is what has a field of its own.

internal import Planning
internal import SchemaCore

/// Holds the properties of what was built against those that were declared.
struct UndeclaredDetails {
    /// Something that no field says.
    struct Finding {
        var object: ObjectID
        var what: String
        var span: SourceSpan?
    }

    private let desired: [PostgreSQLObject]
    private let byID: [ObjectID: PostgreSQLObject]
    /// What has no name in its manifest, by its parent.
    private let unnamed: [ObjectID: [PostgreSQLObject]]

    init(_ desired: [PostgreSQLObject]) {
        self.desired = desired
        byID = Dictionary(desired.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        unnamed = Dictionary(
            grouping: desired.filter { $0.isUnnamed && $0.parent != nil },
            by: { $0.parent ?? $0.id })
    }

    /// What was built beyond what was declared, in the order of the addresses.
    func more(_ built: Catalog<PostgreSQLObject>, unmodelled: [Unmodelled]) -> [Finding] {
        let objects = built.sorted.compactMap { object -> Finding? in
            if Self.hasSignature(object) { return nil }
            let candidates =
                byID[object.id].map { [$0] } ?? object.parent.flatMap { unnamed[$0] } ?? []
            let like = candidates.filter { Self.sort($0) == Self.sort(object) }
            let extras = like.map { Self.more(object.definition, than: $0.definition) }
            guard let first = like.first, let what = extras.first ?? nil, !extras.contains(nil)
            else { return nil }
            return Finding(object: object.id, what: what, span: first.span)
        }
        return objects + functions(built) + strangers(unmodelled)
    }

    // MARK: - What cannot be declared

    /// What no manifest can make, on objects of manifests.
    private func strangers(_ unmodelled: [Unmodelled]) -> [Finding] {
        let places = Dictionary(
            desired.filter { $0.id.path.count > 1 && $0.id.subject == nil }.map {
                (Array($0.id.path.prefix(2)), $0)
            }, uniquingKeysWith: { first, _ in first })
        return unmodelled.sorted().compactMap { item in
            guard let object = places[Array(item.object.path.prefix(2))] else { return nil }
            return Finding(
                object: item.object, what: item.what, span: byID[item.object]?.span ?? object.span)
        }
    }

    // MARK: - Functions

    private static func hasSignature(_ object: PostgreSQLObject) -> Bool {
        switch object.id.words?.reference {
        case .signature, .operatorSignature: true
        case .path, .inSchema, .onRelation, .onDomain, .usingMethod, .cast, .transform,
            .userMapping, nil:
            false
        }
    }

    /// Addresses of functions and operators have their types as they are written, so each one that
    /// was built is held against all of its name: every one has to be somebody's.
    private func functions(_ built: Catalog<PostgreSQLObject>) -> [Finding] {
        func byName(_ objects: [PostgreSQLObject]) -> [ObjectID: [PostgreSQLObject]] {
            Dictionary(
                grouping: objects.filter(Self.hasSignature),
                by: { ObjectID($0.id.kind, Array($0.id.path.prefix(2))) })
        }
        let asked = byName(desired)
        return byName(built.sorted).sorted { $0.key < $1.key }.compactMap { name, made in
            guard let declared = asked[name] else { return nil }
            if Self.isPairing(made[...], declared) { return nil }
            for object in made {
                let extras = declared.map { Self.more(object.definition, than: $0.definition) }
                if let what = extras.first ?? nil, !extras.contains(nil) {
                    return Finding(object: object.id, what: what, span: declared[0].span)
                }
            }
            return Finding(
                object: made[0].id, what: "a property of another overload", span: declared[0].span)
        }
    }

    private static func isPairing(
        _ made: ArraySlice<PostgreSQLObject>, _ declared: [PostgreSQLObject]
    ) -> Bool {
        guard let first = made.first else { return true }
        return declared.indices.contains { index in
            guard more(first.definition, than: declared[index].definition) == nil else {
                return false
            }
            var rest = declared
            rest.remove(at: index)
            return isPairing(made.dropFirst(), rest)
        }
    }

    // MARK: - Properties

    private static func sort(_ object: PostgreSQLObject) -> String {
        guard case .constraint(let constraint) = object.definition else {
            return object.id.kind.rawValue
        }
        return switch constraint.rule {
        case .primaryKey: "primary key"
        case .unique: "unique"
        case .check: "check"
        case .foreignKey: "foreign key"
        case .exclusion: "exclusion"
        }
    }

    /// What the first has and the second does not say; nil if that is nothing.
    private static func more(
        _ made: PostgreSQLObject.Definition, than asked: PostgreSQLObject.Definition
    ) -> String? {
        switch (made, asked) {
        case (.table(let made), .table(let asked)):
            if made.isUnlogged && !asked.isUnlogged { return "UNLOGGED" }
            if made.partitionKey != nil && asked.partitionKey == nil { return "PARTITION BY" }
            if made.tablespace != nil && asked.tablespace == nil { return "TABLESPACE" }
            if made.accessMethod != nil && asked.accessMethod == nil { return "USING" }
            return parameters(made.options, asked.options)
        case (.view(let made), .view(let asked)):
            return made.options.count > asked.options.count ? "an option" : nil
        case (.index(let made), .index(let asked)): return made.more(than: asked)
        case (.constraint(let made), .constraint(let asked)): return made.more(than: asked)
        case (.function(let made), .function(let asked)): return made.more(than: asked)
        case (.plain(let made), .plain(let asked)): return made.more(than: asked)
        case (.schema, _), (.extension, _), (.table, _), (.column, _), (.columnDefault, _),
            (.constraint, _), (.index, _), (.enum, _), (.sequence, _), (.view, _),
            (.function, _), (.comment, _), (.plain, _):
            return nil
        }
    }

    fileprivate static func parameters(
        _ made: [String: String], _ asked: [String: String]
    ) -> String? {
        made.count > asked.count ? "a storage parameter" : nil
    }
}

extension IndexDefinition {
    fileprivate func more(than asked: Self) -> String? {
        if keys.count > asked.keys.count { return "another key" }
        if include.count > asked.include.count { return "an included column" }
        if nullsNotDistinct && !asked.nullsNotDistinct { return "NULLS NOT DISTINCT" }
        if predicate != nil && asked.predicate == nil { return "a condition" }
        if tablespace != nil && asked.tablespace == nil { return "TABLESPACE" }
        return UndeclaredDetails.parameters(options, asked.options)
    }
}

extension ConstraintDefinition {
    fileprivate func more(than asked: Self) -> String? {
        if isDeferrable && !asked.isDeferrable { return "DEFERRABLE" }
        if isInitiallyDeferred && !asked.isInitiallyDeferred { return "INITIALLY DEFERRED" }
        if indexTablespace != nil && asked.indexTablespace == nil { return "TABLESPACE" }
        if enforcement != nil && asked.enforcement == nil { return "NOT ENFORCED" }
        switch (rule, asked.rule) {
        case (.check(let made), .check(let asked)):
            if made.noInherit && !asked.noInherit { return "NO INHERIT" }
            return !made.isValidated && asked.isValidated ? "NOT VALID" : nil
        case (.exclusion(let made), .exclusion(let asked)):
            if made.elements.count > asked.elements.count { return "another element" }
            if made.include.count > asked.include.count { return "an included column" }
            if made.predicate != nil && asked.predicate == nil { return "a condition" }
            return UndeclaredDetails.parameters(made.options, asked.options)
        case (.primaryKey, _), (.unique, _), (.check, _), (.foreignKey, _), (.exclusion, _):
            return nil
        }
    }
}

extension FunctionDefinition {
    fileprivate func more(than asked: Self) -> String? {
        let inputs = arguments.filter { $0.mode != .table }
        let wanted = asked.arguments.filter { $0.mode != .table }
        guard inputs.count == wanted.count else { return "\(inputs.count) arguments" }
        for (made, asked) in zip(inputs, wanted) {
            if made.name != asked.name || made.mode != asked.mode { return "another argument" }
            if made.default != nil && asked.default == nil { return "a default of an argument" }
        }
        if isSecurityDefiner && !asked.isSecurityDefiner { return "SECURITY DEFINER" }
        if isLeakproof && !asked.isLeakproof { return "LEAKPROOF" }
        if isStrict && !asked.isStrict { return "STRICT" }
        if sort != asked.sort { return "WINDOW" }
        if volatility != asked.volatility { return volatility.rawValue.uppercased() }
        if parallel != asked.parallel { return "PARALLEL \(parallel.rawValue.uppercased())" }
        if cost != nil && asked.cost == nil { return "COST" }
        if rows != nil && asked.rows == nil { return "ROWS" }
        if support != nil && asked.support == nil { return "SUPPORT" }
        return settings.count > asked.settings.count ? "a setting" : nil
    }
}
