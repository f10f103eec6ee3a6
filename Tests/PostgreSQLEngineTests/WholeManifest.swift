/// Every kind with every field.
let wholeManifest = """
    apiVersion: lockstep.dev/v1
    kind: Schema
    name: app
    renamedFrom: application
    comment: The application.
    ---
    apiVersion: lockstep.dev/v1
    kind: Extension
    name: pg_trgm
    schema: ext
    version: "1.6"
    comment: For searching.
    ---
    apiVersion: lockstep.dev/v1
    kind: Table
    schema: app
    name: rooms
    renamedFrom: [chambers, old.room]
    comment: Rooms.
    unlogged: true
    columns:
      id: { type: bigint, identity: { mode: byDefault, name: room_ids, start: 10, increment: 5, minimum: 5, maximum: 1000, cache: 2, cycle: true } }
      name: { type: text, nullable: true, default: "'x'", collation: C, renamedFrom: title, comment: Its name. }
      name_length: { type: integer, generated: length(name) }
      label: { type: text, collation: { schema: app, name: german }, generated: { expression: upper(name), stored: false } }
      period: tstzrange
      building: integer
      floor: serial
    primaryKey: { name: rooms_key, columns: [id], include: [building], options: { fillfactor: 70 }, deferrable: true, initiallyDeferred: true, renamedFrom: rooms_old_key, comment: Key. }
    unique:
      rooms_name_key: { columns: [building, name], include: [floor], nullsNotDistinct: true, options: { fillfactor: 70 }, deferrable: true, initiallyDeferred: true, renamedFrom: a, comment: Unique. }
      rooms_floor_key: [building, floor]
    checks:
      rooms_floor_check: { expression: floor > 0, noInherit: true, notValid: true, renamedFrom: b, comment: Check. }
      rooms_name_check: name <> ''
    foreignKeys:
      rooms_building_fkey: { columns: [building, floor], references: { schema: geo, table: floors, columns: [building, number] }, match: full, onDelete: { action: setNull, columns: [floor] }, onUpdate: cascade, deferrable: true, initiallyDeferred: true, notValid: true, renamedFrom: c, comment: Foreign. }
      rooms_floor_fkey: { columns: [floor], references: geo_floors, onDelete: restrict }
    exclusions:
      rooms_period_excl:
        method: gist
        elements:
          - { column: building, with: "=" }
          - { column: period, with: "&&", opclass: range_ops, order: asc, nulls: last }
          - { expression: lower(name), with: "=", collation: C }
        include: [floor]
        where: floor > 0
        options: { fillfactor: 70 }
        deferrable: true
        initiallyDeferred: true
        renamedFrom: d
        comment: Exclusion.
    indexes:
      rooms_name_idx: { columns: [{ expression: lower(name), opclass: { schema: ext, name: gist_trgm_ops, options: { siglen: 32 } }, collation: C, order: desc, nulls: last }, (upper(name)), floor], unique: true, nullsNotDistinct: true, method: gist, include: [building], where: floor > 1, options: { fillfactor: 70 }, renamedFrom: e, comment: Index. }
    options: { fillfactor: 70, autovacuum_enabled: false, toast.autovacuum_enabled: false }
    ---
    apiVersion: lockstep.dev/v1
    kind: Table
    schema: app
    name: geo_floors
    columns: { number: integer }
    primaryKey: [number]
    unique: [[number]]
    checks: [number > 0]
    foreignKeys: [{ columns: [number], references: geo_floors }]
    exclusions: [{ method: btree, elements: [{ column: number, with: "=" }] }]
    indexes: [[number], { columns: [number], unique: true }]
    ---
    apiVersion: lockstep.dev/v1
    kind: Index
    schema: app
    name: rooms_floor_idx
    table: rooms
    renamedFrom: rooms_level_idx
    comment: Apart.
    columns: [floor]
    unique: false
    nullsNotDistinct: false
    method: btree
    include: [name]
    where: floor > 2
    options: { fillfactor: 50 }
    ---
    apiVersion: lockstep.dev/v1
    kind: Enum
    schema: app
    name: status
    renamedFrom: state
    comment: Status.
    labels: [on, "off", { name: done, renamedFrom: [finished] }]
    ---
    apiVersion: lockstep.dev/v1
    kind: Sequence
    schema: app
    name: numbers
    renamedFrom: old.counter
    comment: Numbers.
    type: integer
    start: -1
    increment: -1
    minimum: -100
    maximum: -1
    cache: 10
    cycle: true
    ownedBy: { table: rooms, column: building }
    unlogged: true
    ---
    apiVersion: lockstep.dev/v1
    kind: View
    schema: app
    name: open_rooms
    renamedFrom: free_rooms
    comment: Open.
    columns: [id, label]
    columnComments: { id: The room. }
    securityBarrier: true
    securityInvoker: false
    checkOption: cascaded
    options: {}
    query: |
      select id, name
      from app.rooms
    ---
    apiVersion: lockstep.dev/v1
    kind: Function
    schema: app
    name: add
    comment: Adds.
    arguments:
      a: integer
      b: { type: integer, default: 1 }
      rest: { type: "integer[]", mode: variadic }
    returns: integer
    language: plpgsql
    volatility: immutable
    strict: true
    leakproof: true
    securityDefiner: true
    parallel: safe
    cost: 1.5
    rows: 10
    support: { schema: app, name: add_support }
    settings: { search_path: app, work_mem: 4MB }
    body: begin return a + b; end
    ---
    apiVersion: lockstep.dev/v1
    kind: Function
    schema: app
    name: add
    arguments: [integer, { name: b, type: text, mode: out, default: "''" }]
    sqlBody: return $1::text
    ---
    apiVersion: lockstep.dev/v1
    kind: Function
    schema: app
    name: c_add
    arguments: [integer]
    returns: integer
    language: c
    symbol: { file: $libdir/add, symbol: add }
    """
