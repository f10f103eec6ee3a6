// Owns how a run is killed at one place: somebody else holds a lock, the step waits for it, and the
// program gets SIGKILL.

import Foundation
import Glibc
import PostgreSQLClient
import TestSupport
import Testing

extension KillScene {
    /// The place at which a run is killed.
    struct Moment {
        /// The number of the step that waits, from 1.
        var step: Int
        /// The relation whose lock it waits for.
        var relation: String
        /// The lock that somebody else has.
        var mode: String
        /// A relation that an earlier step of the same transaction locks, if the lock can be taken
        /// only then, because planning reads the relation too.
        var after: String?
        /// Whether the server's process ends with the program; else it goes on with its statement
        /// when the lock is free, and sees only then that its client is gone.
        var endsServer = true
    }

    /// What is there of a run.
    struct Remains: Equatable {
        /// How many steps' effects.
        var effects: Int
        /// How many indexes that are not valid.
        var brokenIndexes: Int
    }

    /// Applies and kills the run; gives what is there of it while the lock is still held.
    func kill(at moment: Moment) async throws -> Remains {
        var holder = try await hold(
            moment.after ?? moment.relation,
            mode: moment.after == nil ? moment.mode : "access share")
        var waiter = 0
        let killed = try await Program.lockstep(apply, in: place) { program in
            waiter = try await process(waitingFor: holder)
            if moment.after != nil {
                let next = try await hold(moment.relation, mode: moment.mode)
                await holder.release()
                holder = next
                waiter = try await process(waitingFor: holder)
            }
            Glibc.kill(program, SIGKILL)
        }
        #expect(killed.status == 128 + SIGKILL, "\(killed.all)")
        #expect(killed.errors.contains("[\(moment.step)/\(script.steps)]"), "\(killed.all)")
        if moment.endsServer {
            _ = try await first("select pg_catalog.pg_terminate_backend(\(waiter), 60000)::int")
        }
        let remains = try await remains()
        await holder.release()
        try await wait("process \(waiter) to end") {
            try await first(
                "select count(*) from pg_catalog.pg_stat_activity where pid = \(waiter)") == 0
        }
        return remains
    }

    /// Applies and kills the run as soon as so many steps are in the journal; it may be through.
    func kill(afterSteps number: Int) async throws {
        let outcome = try await Program.lockstep(apply, in: place) { program in
            for _ in 0..<20_000 {
                if try await stepsDone() >= number { break }
                try await Task.sleep(for: .milliseconds(1))
            }
            Glibc.kill(program, SIGKILL)
        }
        #expect([0, 128 + SIGKILL].contains(outcome.status), "\(outcome.all)")
    }

    private func stepsDone() async throws -> Int {
        let journals = try await first(
            "select count(pg_catalog.to_regclass('lockstep.journal'))")
        return journals == 0
            ? -1
            : try await first(
                "select count(*) from lockstep.journal where event like '{\"stepDone\":%'")
    }

    /// What is there now.
    func remains() async throws -> Remains {
        Remains(
            effects: try await first(script.effects),
            brokenIndexes: try await first(
                "select count(*) from pg_catalog.pg_index where not indisvalid"))
    }

    /// A transaction that holds a lock, and the process of the server that has it.
    struct Holder {
        let connection: PostgreSQLConnection
        let process: Int

        func release() async { await connection.close() }
    }

    /// Takes a lock until the connection is closed.
    func hold(_ relation: String, mode: String) async throws -> Holder {
        let connection = try await database.connect()
        // Asked before: a query within the transaction keeps a snapshot, for which every concurrent
        // build would wait.
        let process = try await connection.query("select pg_backend_pid()")[0].int(0)
        try await connection.execute("begin; lock table public.\(relation) in \(mode) mode")
        return Holder(connection: connection, process: process)
    }

    /// Waits until a process of the server waits for the holder, and gives its number.
    func process(waitingFor holder: Holder) async throws -> Int {
        var waiter = 0
        try await wait("a step to wait for process \(holder.process)") {
            waiter = try await first(
                """
                select coalesce(min(pid), 0) from pg_catalog.pg_stat_activity
                where wait_event_type = 'Lock'
                  and \(holder.process) = any(pg_catalog.pg_blocking_pids(pid))
                """)
            return waiter != 0
        }
        return waiter
    }

    private func wait(_ what: String, until isSo: () async throws -> Bool) async throws {
        for _ in 0..<2_000 {
            if try await isSo() { return }
            try await Task.sleep(for: .milliseconds(25))
        }
        throw WaitedTooLong(what: what)
    }

    struct WaitedTooLong: Error { let what: String }
}
