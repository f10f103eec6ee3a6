// Owns the names of the examples that the binary holds, so that `lockstep demo` needs nothing else.

/// The files of `examples/shop`.
enum PostgreSQLShop {}

/// The files of `examples/shop-sqlite`.
enum SQLiteShop {}
