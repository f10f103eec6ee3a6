// Owns how manifests of statements become objects. Invariant: their order is that of the manifests,
// since only their author knows which of them needs which.

import Manifest
import Planning
import SchemaCore

extension StatementSpec {
    func lower(_ builder: inout ManifestBuilder) {
        builder.add(
            .statement(name.value),
            .plain(
                .statement(StatementDefinition(create: create, drop: drop, identity: identity))),
            at: name.span)
    }
}

extension StatementDefinition {
    /// Gives statements their places, which are those of the manifests.
    static func numbered(_ objects: [PostgreSQLObject]) -> [PostgreSQLObject] {
        var count = 0
        return objects.map { object in
            guard case .plain(.statement(var statement)) = object.definition else { return object }
            statement.order = count
            count += 1
            return PostgreSQLObject(
                object.id, .plain(.statement(statement)), dependencies: object.dependencies,
                position: object.position, span: object.span)
        }
    }
}
