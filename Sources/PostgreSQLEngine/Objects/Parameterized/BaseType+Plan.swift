// Owns what of a base type changes in place: how its values are read and written is for good, since
// columns hold them.

import Planning
import SchemaCore

extension ParameterizedDefinition {
    /// <https://www.postgresql.org/docs/current/sql-altertype.html>
    func ways(
        of id: ObjectID, from old: ParameterizedDefinition, in context: PlanContext
    ) -> Alteration {
        let functions = ["receive", "send", "typmod_in", "typmod_out", "analyze", "subscript"]
        let changeable = functions + ["storage"]
        guard parameters.without(changeable) == old.parameters.without(changeable) else {
            return .recreate
        }
        let isKeptOtherwise = parameters["storage"] != old.parameters["storage"]
        // Columns would go on keeping values as before, and the server takes no storage away.
        if isKeptOtherwise, parameters["storage"] == nil || context.isKept(id) { return .recreate }
        func change(_ from: Self, _ to: Self) -> SQL {
            let list = changeable.filter { from.parameters[$0] != to.parameters[$0] }.map {
                "\(name: $0) = \(verbatim: to.way($0))" as SQL
            }
            return "ALTER \(id.reference) SET (\(list.joined(", ")))"
        }
        var operation = context.change(of: id, [change(old, self)], back: [change(self, old)])
        if isKeptOtherwise, old.parameters["storage"] == nil {
            operation.undo = Undo(.none(reason: "the server takes no storage away"), [])
        }
        operation.requirements.insert(.init(.superuser, on: id))
        operation.effects.breaks = [
            .init(
                object: id,
                consequence: "values of \(id.dottedPath) pass through other functions",
                isFailure: false)
        ]
        return .inPlace([operation])
    }

    /// The value of what can be changed, or what says that there is none.
    private func way(_ name: String) -> VerbatimSQL {
        if let value = parameters[name] { return value }
        return VerbatimSQL(
            name == "subscript" && parameters["element"] != nil
                ? "pg_catalog.raw_array_subscript_handler" : "NONE")
    }
}

extension PlanContext {
    /// Whether something keeps values of a type.
    fileprivate func isKept(_ type: ObjectID) -> Bool {
        !columns(of: type).isEmpty
            || (settled.dependants()[type] ?? []).contains {
                $0.kind == .materializedView || $0.kind == .compositeType
            }
    }
}
