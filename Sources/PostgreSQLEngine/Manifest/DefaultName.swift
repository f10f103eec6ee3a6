/// The names that the server gives to what is not named (`makeObjectName` of its source).
enum DefaultName {
    /// `table_column_label`, of which the longer part is cut so that the whole fits.
    ///
    /// The server appends a number where the name is taken; that is another name than this.
    static func of(_ table: String, _ column: String?, _ label: String) -> String {
        var first = Array(table.utf8)[...]
        var second = column.map { Array($0.utf8)[...] }
        let room = NameLimit.bytes - label.utf8.count - 1 - (column == nil ? 0 : 1)
        while first.count + (second?.count ?? 0) > room {
            if let other = second, other.count >= first.count {
                second = other.dropLast()
            } else {
                first = first.dropLast()
            }
        }
        let parts = [text(first), second.map(text), label].compactMap { $0 }
        return parts.joined(separator: "_")
    }

    /// The text without a character that was cut in two.
    private static func text(_ bytes: ArraySlice<UInt8>) -> String {
        var whole = bytes
        while let last = whole.last, last >= 0x80 {
            if let text = String(validating: whole, as: UTF8.self) { return text }
            whole = whole.dropLast()
        }
        return String(decoding: whole, as: UTF8.self)
    }
}
