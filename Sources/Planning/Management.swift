public import SchemaCore

/// Which of a database's objects are Lockstep's to change.
public struct Management: Sendable {
    /// What happens to objects in scope that Lockstep never knew.
    public enum Unmanaged: String, Codable, Sendable, CaseIterable {
        /// They are told of and left alone.
        case report
        /// They are left alone.
        case ignore
        /// They are dropped, like what was declared and is no longer.
        case drop
    }

    /// What happens to what belongs to the whole server: roles. Others may need them, so that a
    /// project has to ask for it.
    public enum Roles: String, Codable, Sendable, CaseIterable {
        /// They are nobody's: none is read, and a manifest of one is an error.
        case ignore
        /// Those that are declared are managed; what is no longer declared is let go, and stays.
        case keep
        /// Those that are declared are managed; what was applied and is no longer declared is
        /// dropped.
        case drop
    }

    /// What happens to objects that Lockstep never knew.
    public var unmanaged: Unmanaged
    /// Addresses to leave alone: dotted paths in which `*` stands for any text, for example
    /// `app.tmp_*`.
    public var exclude: [String]
    /// What happens to roles.
    public var roles: Roles

    /// Makes the value.
    public init(
        unmanaged: Unmanaged = .report, exclude: [String] = [], roles: Roles = .ignore
    ) {
        self.unmanaged = unmanaged
        self.exclude = exclude
        self.roles = roles
    }

    /// An ad hoc run: everything in the schemas that its manifests name is managed.
    public static let adHoc = Management(unmanaged: .drop)

    /// What is managed: declared now or last applied, and the children of such objects; schemas and
    /// what no manifest could give only if they are themselves declared or were applied. So it is
    /// with what belongs to no schema; but a run that drops what it does not know takes it for its
    /// own where all schemas to which it is tied are in scope. What has to be stated is managed
    /// only while it is.
    ///
    /// - Parameters:
    ///   - catalog: the live catalog, or that after renames.
    ///   - declared: the addresses of the desired objects.
    ///   - applied: the addresses that were last applied.
    ///   - scope: where the catalog was read; of what only passes through nothing is managed that
    ///     is not known.
    ///   - standsAlone: whether an object of this kind is managed only if it is named itself.
    public func managedPart<Object>(
        of catalog: Catalog<Object>, declared: Set<ObjectID>, applied: Set<ObjectID>,
        scope: Scope, standsAlone: (ObjectID) -> Bool
    ) -> Catalog<Object> {
        let known = declared.union(applied)
        let kindsOfServer = scope.kindsOfServer
        func isManaged(_ object: Object) -> Bool {
            if kindsOfServer.contains(object.id.kind) {
                let isTheirs = roles == .drop && applied.contains(object.id)
                return declared.contains(object.id) || isTheirs && !isExcluded(object.id)
            }
            if let stating = object.statedBy { return declared.contains(stating) }
            if isExcluded(object.id) && !declared.contains(object.id) { return false }
            if known.contains(object.id) { return true }
            if object.isBeyondManifests { return false }
            if standsAlone(object.id) {
                return unmanaged == .drop && !object.homes.isEmpty
                    && object.homes.allSatisfy { scope.schemas.contains($0) }
            }
            if let subject = object.id.subject, standsAlone(subject), let holder = catalog[subject]
            {
                return isManaged(holder)
            }
            if unmanaged == .drop && !scope.onlyPasses(object.id) { return true }
            var parent = object.parent
            while let id = parent, !standsAlone(id) {
                if known.contains(id) { return true }
                parent = catalog[id]?.parent
            }
            return false
        }
        return catalog.filter(isManaged)
    }

    /// The part of a scope that may be read: of the server only what was asked for.
    public func permitted(_ scope: Scope) -> Scope {
        guard roles == .ignore else { return scope }
        var scope = scope
        scope.reads.removeAll(where: \.isOfServer)
        return scope
    }

    /// Errors for manifests of what the project does not manage.
    public func refusals<Object>(of lowering: Lowering<Object>) -> [Diagnostic] {
        guard roles == .ignore else { return [] }
        let kinds = lowering.scope.kindsOfServer
        if kinds.isEmpty { return [] }
        return lowering.objects.filter { kinds.contains($0.id.kind) }.map { object in
            .error(
                "not-managed",
                "\(object.id) belongs to the whole server, which is not managed here",
                at: object.span,
                help: "add roles: keep to lockstep.yaml (--roles keep in an ad hoc run); with drop "
                    + "in place of keep, roles that are no longer declared are dropped")
        }
    }

    /// Whether a pattern names the object or what it belongs to.
    public func isExcluded(_ id: ObjectID) -> Bool {
        let path = (id.subject ?? id).path
        return exclude.contains { pattern in
            (1...path.count).contains { length in
                Self.matches(pattern[...], path.prefix(length).joined(separator: ".")[...])
            }
        }
    }

    private static func matches(_ pattern: Substring, _ text: Substring) -> Bool {
        guard let first = pattern.first else { return text.isEmpty }
        if first == "*" {
            let rest = pattern.dropFirst()
            return text.indices.contains { matches(rest, text[$0...]) } || matches(rest, "")
        }
        return text.first == first && matches(pattern.dropFirst(), text.dropFirst())
    }
}
