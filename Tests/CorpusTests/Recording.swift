// Owns `recorded.json`: what a plan was made from, so that it can be made without a server.

import Foundation
import Planning
import PostgreSQLEngine
import SchemaCore

/// A planning request; later catalogs are kept as what differs from the one before.
struct Recording: Codable {
    /// What differs from another catalog, dependencies and positions included.
    struct Delta: Codable {
        var gone: [ObjectID]
        var put: [PostgreSQLObject]

        init(from old: Catalog<PostgreSQLObject>, to new: Catalog<PostgreSQLObject>) {
            gone = old.ids.filter { new[$0] == nil }
            // Equal objects may differ in what makes no difference, and plans use that as well.
            put = new.sorted.filter { object in
                old[object.id].map { Self.text($0) != Self.text(object) } ?? true
            }
        }

        private static func text(_ object: PostgreSQLObject) -> Data? {
            let encoder = JSONEncoder()
            encoder.outputFormatting = .sortedKeys
            return try? encoder.encode(object)
        }

        func applied(to old: Catalog<PostgreSQLObject>) -> Catalog<PostgreSQLObject> {
            var out = old
            for id in gone { out[id] = nil }
            for object in put { out.insert(object) }
            return out
        }
    }

    var major: Int
    var live: [PostgreSQLObject]
    var renames: [Rename]
    var retyped: [Settlement<PostgreSQLObject>.Retype]
    var removed: [PostgreSQLObject]
    /// Nil where nothing is.
    var remade: [PostgreSQLObject]?
    /// What no manifest states of owners and rights, as far as it is nothing usual; nil where all
    /// is.
    var unstated: [PostgreSQLObject]?
    /// What of addresses changed beside the renames: from and to, by turns; nil where nothing did.
    var addresses: [ObjectID]?
    var settled: Delta
    var desired: Delta
    /// For how long what is dropped is kept; nil where it is not.
    var retention: Int?

    init(_ request: PlanningRequest<PostgreSQLObject>) {
        major = request.capabilities.majorVersion
        retention = request.options.retention
        live = request.live.sorted
        renames = request.settlement.renames
        retyped = request.settlement.retyped
        removed = request.settlement.removed
        remade = request.settlement.remade.isEmpty ? nil : request.settlement.remade
        let unusual = request.others.sorted.filter(Self.isUnusual)
        unstated = unusual.isEmpty ? nil : unusual
        let moved = request.settlement.addresses.sorted { $0.key < $1.key }
        addresses = moved.isEmpty ? nil : moved.flatMap { [$0.key, $0.value] }
        settled = Delta(from: request.live, to: request.settlement.catalog)
        desired = Delta(from: request.settlement.catalog, to: request.desired)
    }

    private static func isUnusual(_ object: PostgreSQLObject) -> Bool {
        guard case .plain(let plain) = object.definition else { return false }
        switch plain {
        case .owner(let owner): return owner.standing != .own
        case .grants(let grants): return !grants.grants.isEmpty
        case .defaultPrivileges, .part: return true
        default: return false
        }
    }

    var request: PlanningRequest<PostgreSQLObject> {
        let live = Catalog(live)
        var settlement = Settlement(
            renames: renames, catalog: settled.applied(to: live), retyped: retyped,
            removed: removed, remade: remade ?? [])
        let moved = addresses ?? []
        for place in stride(from: 0, to: moved.count, by: 2) {
            settlement.addresses[moved[place]] = moved[place + 1]
        }
        let desired = desired.applied(to: settlement.catalog)
        return PlanningRequest(
            live: live, settlement: settlement, desired: desired,
            changes: difference(from: settlement.catalog, to: desired),
            others: Catalog(unstated ?? []),
            capabilities: Capabilities(majorVersion: major, version: "\(major)"),
            options: PlanningOptions(retention: retention))
    }

    /// Canonical JSON with each object on a line of its own.
    func text() throws -> String {
        let text = String(decoding: try CanonicalJSON.data(self), as: UTF8.self)
        return text.replacing("{\"definition\":", with: "\n{\"definition\":") + "\n"
    }
}
