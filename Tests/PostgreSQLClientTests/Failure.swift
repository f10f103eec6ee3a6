import PostgreSQLClient
import Testing

/// The error of the client that a call has to throw.
func failure(
    _ sourceLocation: SourceLocation = #_sourceLocation,
    of body: () async throws -> Void
) async throws -> PostgreSQLError {
    try #require(
        await #expect(throws: PostgreSQLError.self, sourceLocation: sourceLocation) {
            try await body()
        })
}
