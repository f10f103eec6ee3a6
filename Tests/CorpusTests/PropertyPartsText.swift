// Owns writing what stands within relations, and what belongs to the whole database.

import TestSupport

extension WorldText {
    func trigger(_ extra: ExtraModel) -> String {
        let isView = world.views.contains { $0.id == extra.subjects[0] }
        let isPlain = world.table(extra.subjects[0]) != nil
        let condition = extra.condition.map(names.text)
        let fields: [String?]
        switch (isView, isPlain, extra.variant % 6) {
        case (true, _, let variant):
            fields = ["timing: insteadOf", "events: [\(variant % 2 == 0 ? "insert" : "delete")]"]
        case (_, true, 1):
            fields = [
                "timing: after", "events: [update, delete]",
                extra.columns.isEmpty ? nil : "columns: \(columns(extra.columns))",
            ]
        case (_, true, 3):
            fields = [
                "timing: after", "events: [update]", "constraint: true", "deferrable: true",
                extra.variant % 4 == 3 ? "initiallyDeferred: true" : nil,
            ]
        case (_, true, 4):
            fields = [
                "timing: after", "events: [insert]",
                condition.map { field("when", "true or (new." + $0 + ") is null") ?? "" }.flatMap {
                    extra.columns.isEmpty ? nil : $0
                },
            ]
        case (_, true, 5):
            fields = [
                "timing: after", "events: [update]", "forEach: statement", "oldTable: was",
                "newTable: is_now", extra.variant > 5 ? "fires: always" : nil,
            ]
        case (_, _, 2):
            fields = ["timing: after", "events: [insert, delete]", "forEach: statement"]
        default:
            fields = ["timing: before", "events: [insert]", "arguments: [a, \"it's\"]"]
        }
        return flow(
            fields + [
                "function: \(qualifiedName(extra.subjects[1]))",
                renamedPart(extra.id, extra.name), field("comment", extra.comment),
            ])
    }

    func policy(_ extra: ExtraModel) -> String {
        let condition = extra.condition.map(names.text) ?? "true"
        let other = extra.subjects.dropFirst().first.map {
            "exists (select from \(names.qualified($0)))"
        }
        let roles = ["property_reader", "[property_reader, property_writer]", "public"]
        let fields: [String?]
        switch extra.variant % 4 {
        case 0: fields = ["for: select", field("using", other ?? condition)]
        case 1: fields = ["for: insert", field("check", condition)]
        case 2:
            fields = [
                "restrictive: true", field("using", condition), field("check", other ?? "true"),
            ]
        default: fields = [field("using", condition)]
        }
        return flow(
            fields + [
                "to: \(roles[extra.variant / 4 % 3])", renamedPart(extra.id, extra.name),
                field("comment", extra.comment),
            ])
    }

    func rule(_ extra: ExtraModel) -> String {
        let other = extra.subjects.dropFirst().first.map(names.qualified)
        let fields: [String?]
        switch extra.variant % 3 {
        case 0: fields = ["event: insert", "action: DO INSTEAD NOTHING"]
        case 1: fields = ["event: update", "action: DO ALSO NOTIFY n\(extra.variant)"]
        default:
            let action = other.map { "DO ALSO DELETE FROM \($0) WHERE false" }
            fields = ["event: delete", field("action", action ?? "DO ALSO NOTIFY other")]
        }
        return flow(
            fields + [
                extra.variant % 5 == 0 && extra.variant % 3 > 0
                    && world.table(extra.subjects[0]) != nil
                    ? "fires: always" : nil,
                renamedPart(extra.id, extra.name), field("comment", extra.comment),
            ])
    }

    func statistics(_ extra: ExtraModel) -> String {
        let kinds = ["distinct", "[dependencies, mostCommon]", "mostCommon"]
        return flow([
            "columns: \(columns(extra.columns))", "kinds: \(kinds[extra.variant % 3])",
            extra.variant > 5 ? "target: \(extra.variant)" : nil,
            field("schema", names.schemas[extra.schema]),
            renamedItemName(extra.id), field("comment", extra.comment),
        ])
    }

    func ofDatabase(_ extra: ExtraModel) -> (String, [String?]) {
        let (variant, subject) = (extra.variant, extra.subjects.first)
        let option = variant % 2 == 0 ? "options: { a: \"\(variant)\" }" : nil
        let parent = subject.flatMap { names.parts[$0] }
        switch extra.sort {
        case .cast:
            let type = subject.map(names.qualified) ?? ""
            return (
                "Cast",
                [
                    "source: \(yaml(type))", "target: boolean",
                    "function: \(yaml("\(names.qualified(extra.subjects[1]))(\(type))"))",
                    variant % 2 == 0 ? "context: assignment" : nil,
                ]
            )
        case .wrapper: return ("ForeignDataWrapper", [option])
        case .server:
            return (
                "ForeignServer",
                [
                    field("wrapper", parent), option, "version: \"\(variant % 3)\"",
                    variant % 4 == 0 ? "type: t" : nil,
                ]
            )
        case .mapping:
            let users = ["public", "property_reader", "property_writer"]
            return (
                "UserMapping", [field("server", parent), "user: \(users[variant % 3])", option]
            )
        case .eventTrigger:
            let events = ["ddl_command_start", "ddl_command_end", "sql_drop", "ddl_command_end"]
            let enabled = ["replica", "always", "never"]
            return (
                "EventTrigger",
                [
                    "event: \(events[variant % 4])",
                    "function: \(yaml(subject.map(names.qualified) ?? ""))",
                    variant % 3 == 0 ? "tags: [DROP TABLE, DROP VIEW]" : nil,
                    variant > 4 ? "enabled: \(enabled[variant % 3])" : nil,
                ]
            )
        case .defaultPrivileges:
            let rights = ["select", "[select, insert]", "{ withGrantOption: update }"]
            return (
                "DefaultPrivileges",
                [
                    "role: \(variant % 2 == 0 ? "property_writer" : "postgres")",
                    "tables: { property_reader: \(rights[variant / 2 % 3]) }",
                    variant > 5 ? "functions: { property_reader: execute }" : nil,
                    variant > 3 ? "sequences: { public: usage }" : nil,
                ]
            )
        default: return ("Publication", publication(extra))
        }
    }

    private func publication(_ extra: ExtraModel) -> [String?] {
        let tables = extra.subjects.enumerated().map { place, id -> String in
            let item = names.items[id]
            return flow([
                field("schema", item.flatMap { names.schemas[$0.schema] }),
                field("name", item?.name),
                place == 0 ? extra.condition.flatMap { field("where", names.text($0)) } : nil,
            ])
        }
        let kinds = ["[insert]", "[insert, update]", "[insert, delete, truncate]"]
        return [
            tables.isEmpty ? nil : "tables: \(list(tables))",
            extra.subjects.isEmpty && extra.variant % 3 == 0 ? "allTables: true" : nil,
            extra.variant % 4 < 3 ? "publish: \(kinds[extra.variant % 4])" : nil,
            flag("viaRoot", extra.variant > 5),
        ]
    }

    func other(_ extra: ExtraModel) -> (String, [String?]) {
        let variant = extra.variant
        switch extra.sort {
        case .dictionary:
            return (
                "TextSearchDictionary",
                [
                    "parameters: { template: pg_catalog.simple }",
                    variant % 2 == 0 ? "options: \"stopwords = 'english'\"" : nil,
                ]
            )
        case .configuration:
            let dictionary = extra.subjects.first.map(names.qualified) ?? "simple"
            return (
                "TextSearchConfiguration",
                [
                    block(
                        "mappings",
                        [
                            "asciiword: \(yaml(dictionary))",
                            "word: \(yaml(variant % 2 == 0 ? "\(dictionary), simple" : "simple"))",
                        ])
                ]
            )
        default:
            return (
                "Conversion",
                ["from: LATIN1", "to: UTF8", "function: iso8859_1_to_utf8"]
            )
        }
    }
}
