// Owns the question whether schema `lockstep` is safe to write to. Invariant: only the catalog is
// read; nothing of the schema is run to find out what would run with it.

internal import Planning
internal import PostgreSQLClient

/// What a stranger could have put into schema `lockstep`, to be run with the rights of whoever
/// applies next. Any role with CREATE on the database can make the schema first.
struct JournalGuard {
    let session: PostgreSQLSession

    /// Refuses to write where somebody else could choose what is run with it.
    func refuseStrangers() async throws {
        let rows = try await session.query(Self.owners)
        guard let row = rows.first else { return }
        let (what, owner, database) = (try row.text(0), try row.text(1), try row.text(2))
        throw EngineError(
            .refused,
            "\(what) belongs to \(owner), who is neither \(try row.text(3)), nor the owner of "
                + "database \(database), nor a superuser, and could run anything with the rights "
                + "of who applies",
            help: "Look at what is in schema lockstep. If the journal is yours, connect as "
                + "\(owner), or give the schema and its tables to the owner of the database by "
                + "ALTER … OWNER TO; if not, drop the schema.")
    }

    /// Refuses tables on which more would run than is asked of them.
    func refuseAttachments() async throws {
        let rows = try await session.query(Self.attachments)
        guard let row = rows.first else { return }
        throw EngineError(
            .refused,
            "the journal in \(session.summary) has \(try row.text(0)), which Lockstep did not make",
            help: "It could change what is recorded, or run anything with the rights of who "
                + "applies: find out who made it, and remove it.")
    }

    private static let owners = """
        with schema as (
          select oid, nspowner from pg_namespace where nspname = 'lockstep'),
        database as (
          select datname, datdba from pg_database where datname = current_database()),
        thing as (
          select 0 as rank, 'schema lockstep' as what, nspowner as owner from schema
          union all
          select 1, 'relation lockstep.' || quote_ident(c.relname), c.relowner
          from pg_class c join schema s on s.oid = c.relnamespace
          union all
          select 2, 'function lockstep.' || quote_ident(p.proname), p.proowner
          from pg_proc p join schema s on s.oid = p.pronamespace
          union all
          select 3, 'type lockstep.' || quote_ident(t.typname), t.typowner
          from pg_type t join schema s on s.oid = t.typnamespace)
        select what, quote_ident(r.rolname), quote_ident(d.datname), quote_ident(current_user)
        from thing join pg_roles r on r.oid = thing.owner cross join database d
        where not r.rolsuper and r.oid <> d.datdba and r.rolname <> current_user
          and r.rolname <> 'pg_database_owner'
        order by rank, what limit 1
        """

    /// What hangs on the tables, and what their own expressions call that no server brings: those
    /// have numbers from 16384.
    private static let attachments = """
        with journal as (
          select c.oid, c.relname, c.relrowsecurity or c.relforcerowsecurity as is_secured
          from pg_class c join pg_namespace n on n.oid = c.relnamespace
          where n.nspname = 'lockstep' and c.relname in ('journal', 'applied', 'meta')),
        part (classid, objid) as (
          select 'pg_class'::regclass, oid from journal
          union select 'pg_class'::regclass, i.indexrelid
          from pg_index i join journal on i.indrelid = journal.oid
          union select 'pg_attrdef'::regclass, d.oid
          from pg_attrdef d join journal on d.adrelid = journal.oid
          union select 'pg_constraint'::regclass, k.oid
          from pg_constraint k join journal on k.conrelid = journal.oid
          union select 'pg_statistic_ext'::regclass, s.oid
          from pg_statistic_ext s join journal on s.stxrelid = journal.oid),
        found as (
          select 'trigger ' || quote_ident(t.tgname) as what, relname
          from pg_trigger t join journal on journal.oid = t.tgrelid where not t.tgisinternal
          union all
          select 'rule ' || quote_ident(r.rulename), relname
          from pg_rewrite r join journal on journal.oid = r.ev_class
          union all
          select 'policy ' || quote_ident(p.polname), relname
          from pg_policy p join journal on journal.oid = p.polrelid
          union all
          select 'row security', relname from journal where is_secured
          union all
          select 'a parent or a child', relname
          from pg_inherits i join journal on journal.oid in (i.inhrelid, i.inhparent)
          union all
          select 'constraint ' || quote_ident(k.conname), relname
          from pg_constraint k join journal on journal.oid = k.conrelid
          where k.contype not in ('p', 'c', 'n')
          union all
          select 'a need of ' || pg_describe_object(d.refclassid, d.refobjid, 0), null
          from pg_depend d join part on part.classid = d.classid and part.objid = d.objid
          where d.refobjid >= 16384 and d.refclassid in ('pg_proc'::regclass,
            'pg_operator'::regclass, 'pg_opclass'::regclass, 'pg_opfamily'::regclass,
            'pg_type'::regclass, 'pg_am'::regclass))
        select what || coalesce(' on lockstep.' || relname, '') from found order by 1 limit 1
        """
}
