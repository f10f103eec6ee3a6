// Owns what is said when the text of an object and what SQLite tells of it do not agree.

internal import Planning

/// A text that says other things than the pragmas, or none that can be read.
struct Contradiction: Error {
    let object: String
    let what: String

    init(_ object: String, _ what: String) {
        self.object = object
        self.what = what
    }

    init(_ object: String, _ mismatch: TokenCursor.Mismatch) {
        self.init(
            object, "expected \(mismatch.expected) at byte \(mismatch.offset + 1) of its text")
    }

    var engineError: EngineError {
        EngineError(
            .unsupported, "the definition of \(object) cannot be read: \(what)",
            help: "Look at its row in sqlite_schema; if SQLite itself accepts it, this is a "
                + "defect of Lockstep that we want to hear of.")
    }
}
