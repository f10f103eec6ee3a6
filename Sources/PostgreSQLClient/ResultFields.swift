// Owns the reading of libpq's results: error fields into errors and notices, cells into rows.

import CPostgreSQL

/// A field of an error or a notice.
func field(_ result: OpaquePointer?, _ code: lockstep_pg_diag) -> String? {
    PQresultErrorField(result, Int32(code.rawValue)).map { String(cString: $0) }
}

/// libpq writes messages of its own on several lines with tabs.
func onOneLine(_ text: UnsafePointer<CChar>?) -> String {
    guard let text else { return "" }
    return String(cString: text).split(whereSeparator: \.isNewline)
        .map { $0.drop(while: \.isWhitespace) }.joined(separator: " ")
}

extension PostgreSQLError {
    /// What a failed result says.
    init(result: OpaquePointer, on handle: OpaquePointer, isInTransaction: Bool) {
        let lost = PQstatus(handle) == CONNECTION_BAD
        let state = field(result, LOCKSTEP_PG_DIAG_SQLSTATE).map(SQLState.init(rawValue:))
        let primary = field(result, LOCKSTEP_PG_DIAG_MESSAGE_PRIMARY)
        self.init(
            kind: lost ? .connection : state == nil ? .unexpectedReply : .server,
            sqlstate: state, message: primary ?? onOneLine(PQresultErrorMessage(result)),
            detail: field(result, LOCKSTEP_PG_DIAG_MESSAGE_DETAIL),
            hint: field(result, LOCKSTEP_PG_DIAG_MESSAGE_HINT),
            isConnectionLost: lost, outcomeUnknown: lost && !isInTransaction)
        severity = field(result, LOCKSTEP_PG_DIAG_SEVERITY_NONLOCALIZED)
        position = field(result, LOCKSTEP_PG_DIAG_STATEMENT_POSITION).flatMap { Int($0) }
        internalPosition = field(result, LOCKSTEP_PG_DIAG_INTERNAL_POSITION).flatMap { Int($0) }
        internalQuery = field(result, LOCKSTEP_PG_DIAG_INTERNAL_QUERY)
        context = field(result, LOCKSTEP_PG_DIAG_CONTEXT)
        schema = field(result, LOCKSTEP_PG_DIAG_SCHEMA_NAME)
        table = field(result, LOCKSTEP_PG_DIAG_TABLE_NAME)
        column = field(result, LOCKSTEP_PG_DIAG_COLUMN_NAME)
        datatype = field(result, LOCKSTEP_PG_DIAG_DATATYPE_NAME)
        constraint = field(result, LOCKSTEP_PG_DIAG_CONSTRAINT_NAME)
    }
}

extension Notice {
    /// What a notice result says.
    init(result: OpaquePointer?) {
        self.init(
            severity: field(result, LOCKSTEP_PG_DIAG_SEVERITY_NONLOCALIZED) ?? "NOTICE",
            sqlstate: field(result, LOCKSTEP_PG_DIAG_SQLSTATE).map(SQLState.init(rawValue:)),
            message: field(result, LOCKSTEP_PG_DIAG_MESSAGE_PRIMARY)
                ?? onOneLine(PQresultErrorMessage(result)),
            detail: field(result, LOCKSTEP_PG_DIAG_MESSAGE_DETAIL),
            hint: field(result, LOCKSTEP_PG_DIAG_MESSAGE_HINT),
            context: field(result, LOCKSTEP_PG_DIAG_CONTEXT))
    }
}

extension Rows {
    /// Copies a result, which the caller clears.
    init(result: OpaquePointer) {
        let width = PQnfields(result)
        let height = PQntuples(result)
        var ends: [Int] = []
        ends.reserveCapacity(Int(width) * Int(height))
        var total = 0
        for row in 0..<height {
            for column in 0..<width {
                let length = Int(PQgetlength(result, row, column))
                total += length
                let isNull = length == 0 && PQgetisnull(result, row, column) == 1
                ends.append(isNull ? ~total : total)
            }
        }
        let bytes = [UInt8](unsafeUninitializedCapacity: total) { buffer, count in
            for row in 0..<height {
                for column in 0..<width {
                    let length = Int(PQgetlength(result, row, column))
                    guard length > 0, let base = buffer.baseAddress else { continue }
                    UnsafeMutableRawPointer(base + count).copyMemory(
                        from: PQgetvalue(result, row, column), byteCount: length)
                    count += length
                }
            }
        }
        self.init(
            storage: Storage(
                columns: (0..<width).map { String(cString: PQfname(result, $0)) },
                columnTypes: (0..<width).map { PQftype(result, $0) },
                commandTag: String(cString: PQcmdStatus(result)),
                affectedRows: Int(String(cString: PQcmdTuples(result))) ?? 0,
                height: Int(height), bytes: bytes, ends: ends))
    }
}
