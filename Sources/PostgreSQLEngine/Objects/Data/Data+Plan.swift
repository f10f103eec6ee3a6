// Owns what rows are to the planner: nothing that comes or goes by itself. All rows of a table take
// one step each way (`RowOperations`); with their table they go unasked.

import Planning
import SchemaCore

extension DataDefinition: PlainKind {
    var scratchRank: ScratchUnit.Rank { .comment }

    func creation(_ id: ObjectID) -> [SQL] { [] }
    func removal(_ id: ObjectID) -> [SQL] { [] }
    func parent(of id: ObjectID) -> ObjectID? { id.tableOfRow }
    func breaks(_ id: ObjectID, _ act: PlainAct) -> [Effects.Break] { [] }
    func names(_ id: ObjectID) -> Set<NameSlot> { [] }
}
